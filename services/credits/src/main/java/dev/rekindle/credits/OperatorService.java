package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.GrantCreditsResponse;
import dev.rekindle.credits.v1.SetTierRequest;
import dev.rekindle.credits.v1.SetTierResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.Context;

/** The calls of operators in the credits contract. */
final class OperatorService {
    private final AdjustBalance adjust;
    private final SetTier setTier;
    private final AuditLedger audit;
    private final Catalogue catalogue;

    OperatorService(AdjustBalance adjust, SetTier setTier, AuditLedger audit, Catalogue catalogue) {
        this.adjust = adjust;
        this.setTier = setTier;
        this.audit = audit;
        this.catalogue = catalogue;
    }

    void bindTo(RpcService.Builder service) {
        service.unary(CreditsServiceGrpc.getGrantCreditsMethod(), this::grantCredits)
                .unary(CreditsServiceGrpc.getSetTierMethod(), this::setTier)
                .unary(CreditsServiceGrpc.getAuditLedgerMethod(), this::auditLedger);
    }

    private GrantCreditsResponse grantCredits(GrantCreditsRequest request) {
        Entry entry = adjust.run(
                request.getUserId(),
                new Posting.Adjustment(
                        request.getRequestId(),
                        request.getAmount(),
                        request.getReason(),
                        Identity.current().subject()));
        return GrantCreditsResponse.newBuilder().setEntry(entry.toMessage()).build();
    }

    private SetTierResponse setTier(SetTierRequest request) {
        if (request.getTier() == Tier.TIER_UNSPECIFIED) {
            throw Failure.invalid("tier", "is not given; expected the tier to set.");
        }
        Account account = setTier.run(
                request.getUserId(), request.getTier(), Identity.current().subject());
        return SetTierResponse.newBuilder()
                .setAccount(AccountView.of(account, catalogue))
                .build();
    }

    private AuditLedgerResponse auditLedger(AuditLedgerRequest request) {
        return request.getUserId().isEmpty()
                ? audit.all(Context.current()::isCancelled)
                : audit.user(request.getUserId());
    }
}
