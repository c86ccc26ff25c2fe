package dev.rekindle.credits;

import org.jooq.DSLContext;

/** Pays an account's debt from the credits that came, before anybody else can spend them. */
final class CollectDebt {
    private final BookEntry book;

    CollectDebt(BookEntry book) {
        this.book = book;
    }

    /** In the caller's transaction, of a locked account; the caller writes its standing. */
    Account run(DSLContext sql, Account locked) {
        int debt = locked.standing().debt();
        int paid = Math.min(debt, locked.balance());
        if (paid == 0) {
            return locked;
        }
        Posting clawback = new Posting.Clawback(
                "debt:" + locked.id() + ":" + (locked.lastSeq() + 1), paid, "Owed since money was taken back");
        Entry entry = book.run(sql, locked, clawback).orElseThrow(() -> GrantMonths.movedUnderLock(locked));
        return locked.after(entry).withStanding(locked.standing().withDebt(debt - paid));
    }
}
