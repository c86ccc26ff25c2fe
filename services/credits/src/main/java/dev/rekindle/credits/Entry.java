package dev.rekindle.credits;

import dev.rekindle.credits.v1.LedgerEntry;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of the ledger.
 *
 * @param seq place in the account's chain, from 1 on
 * @param amount positive into the account, negative out of it
 * @param businessKey what the line is for; no two lines are for the same
 * @param job the job and the number of its charge, for deductions and refunds only
 * @param cause who caused it: a service, an operator
 */
record Entry(
        UUID id,
        UUID accountId,
        int seq,
        LedgerEntryType type,
        int amount,
        int balanceBefore,
        int balanceAfter,
        String businessKey,
        @Nullable JobCharge job,
        String reason,
        String cause,
        Instant createdAt) {

    /** Which of a job's charges an entry is about. */
    record JobCharge(UUID jobId, int charge) {}

    /** The line as the contract has it. */
    LedgerEntry toMessage() {
        LedgerEntry.Builder message = LedgerEntry.newBuilder()
                .setId(id.toString())
                .setType(type)
                .setAmount(amount)
                .setBalanceBefore(balanceBefore)
                .setBalanceAfter(balanceAfter)
                .setReason(reason)
                .setCause(cause)
                .setCreateTime(Times.message(createdAt));
        if (job != null) {
            message.setJobId(job.jobId().toString());
        }
        return message.build();
    }
}
