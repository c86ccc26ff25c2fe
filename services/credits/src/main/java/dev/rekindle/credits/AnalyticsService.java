package dev.rekindle.credits;

import com.google.type.Date;
import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.GetBusinessMetricsRequest;
import dev.rekindle.credits.v1.GetBusinessMetricsResponse;
import dev.rekindle.credits.v1.GetCostReportRequest;
import dev.rekindle.credits.v1.GetCostReportResponse;
import dev.rekindle.credits.v1.ListBudgetsRequest;
import dev.rekindle.credits.v1.ListBudgetsResponse;
import dev.rekindle.credits.v1.ResumeSpendingRequest;
import dev.rekindle.credits.v1.ResumeSpendingResponse;
import dev.rekindle.credits.v1.UpdateBudgetRequest;
import dev.rekindle.credits.v1.UpdateBudgetResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.time.YearMonth;

/** Costs, budgets and figures, for operators. */
final class AnalyticsService {
    private final Budgets budgets;
    private final Reports reports;

    AnalyticsService(Budgets budgets, Reports reports) {
        this.budgets = budgets;
        this.reports = reports;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(AnalyticsServiceGrpc.getServiceDescriptor())
                .unary(AnalyticsServiceGrpc.getGetCostReportMethod(), this::getCostReport)
                .unary(AnalyticsServiceGrpc.getGetBusinessMetricsMethod(), this::getBusinessMetrics)
                .unary(AnalyticsServiceGrpc.getListBudgetsMethod(), this::listBudgets)
                .unary(AnalyticsServiceGrpc.getUpdateBudgetMethod(), this::updateBudget)
                .unary(AnalyticsServiceGrpc.getResumeSpendingMethod(), this::resumeSpending)
                .build();
    }

    private GetCostReportResponse getCostReport(GetCostReportRequest request) {
        return GetCostReportResponse.newBuilder()
                .addAllDays(reports.days(Reports.day("from", request.getFrom()), Reports.day("to", request.getTo())))
                .build();
    }

    private GetBusinessMetricsResponse getBusinessMetrics(GetBusinessMetricsRequest request) {
        if (!request.hasMonth()) {
            return reports.month(reports.thisMonth());
        }
        Date month = request.getMonth();
        if (month.getDay() > 1) {
            throw Failure.invalid("month", "has the day " + month.getDay() + "; expected the first of a month.");
        }
        return reports.month(
                YearMonth.from(Reports.day("month", month.toBuilder().setDay(1).build())));
    }

    private ListBudgetsResponse listBudgets(ListBudgetsRequest request) {
        return ListBudgetsResponse.newBuilder().addAllBudgets(budgets.list()).build();
    }

    private UpdateBudgetResponse updateBudget(UpdateBudgetRequest request) {
        return UpdateBudgetResponse.newBuilder()
                .setBudget(budgets.update(
                        request.getBudget(),
                        request.getLimitMicroUsd(),
                        Identity.current().subject()))
                .build();
    }

    private ResumeSpendingResponse resumeSpending(ResumeSpendingRequest request) {
        return ResumeSpendingResponse.newBuilder()
                .setBudget(
                        budgets.resume(request.getBudget(), Identity.current().subject()))
                .build();
    }
}
