package dev.rekindle.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls travel together that come while another is on its way: many callers at once cost little more than one. A call
 * that comes alone goes at once. The callers' own threads do the work: some lead, the others wait for them, and a
 * leader hands over when its own call is done.
 *
 * @param <Q> what is asked
 * @param <A> what is answered
 */
final class Combiner<Q, A> {
    /** One prepares while the other's call is on its way. */
    private static final int LEADERS = 2;

    private final ToDoubleFunction<Q> share;
    private final Work<Q, A> work;
    private final Queue<Call<Q, A>> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore leaders = new Semaphore(LEADERS);

    /** One answer for each request, in their order. What it throws is thrown to every caller. */
    interface Work<Q, A> {
        List<A> on(List<Q> requests);
    }

    /** @param share how much of one journey a request takes; those that travel together take no more than 1 */
    Combiner(ToDoubleFunction<Q> share, Work<Q, A> work) {
        this.share = share;
        this.work = work;
    }

    private enum Turn {
        ENDED,
        LEAD
    }

    private static final class Call<Q, A> {
        private final Q request;
        private final CompletableFuture<Turn> turn = new CompletableFuture<>();
        private final CompletableFuture<A> answer = new CompletableFuture<>();

        Call(Q request) {
            this.request = request;
        }
    }

    A call(Q request) {
        Call<Q, A> call = new Call<>(request);
        if (leaders.tryAcquire()) {
            lead(call);
        } else {
            waiting.add(call);
            // All leaders may have left before they could see it.
            if (leaders.tryAcquire()) {
                handOver();
            }
            if (call.turn.join() == Turn.LEAD) {
                lead(call);
            }
        }
        return answerOf(call);
    }

    /** How many calls wait for a leader. */
    int waiting() {
        return waiting.size();
    }

    private A answerOf(Call<Q, A> call) {
        if (call.answer.isCompletedExceptionally()) {
            Throwable thrown = call.answer.exceptionNow();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
        return call.answer.resultNow();
    }

    private void lead(Call<Q, A> own) {
        try {
            serve(joined(own));
        } finally {
            handOver();
        }
    }

    /** The leader's call and the next of those that wait, as many as fit. */
    private synchronized List<Call<Q, A>> joined(Call<Q, A> own) {
        List<Call<Q, A>> calls = new ArrayList<>(List.of(own));
        double room = 1 - share.applyAsDouble(own.request);
        for (Call<Q, A> head = waiting.peek(); head != null; head = waiting.peek()) {
            room -= share.applyAsDouble(head.request);
            if (room < 0) {
                break;
            }
            calls.add(waiting.remove());
        }
        return calls;
    }

    private void serve(List<Call<Q, A>> calls) {
        List<A> answers = List.of();
        Throwable failure = null;
        try {
            answers = work.on(calls.stream().map(call -> call.request).toList());
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (int i = 0; i < calls.size(); i++) {
            end(calls.get(i), failure == null ? answers.get(i) : null, failure);
        }
    }

    private void end(Call<Q, A> call, @Nullable A answer, @Nullable Throwable failure) {
        if (failure == null) {
            call.answer.complete(answer);
        } else {
            call.answer.completeExceptionally(failure);
        }
        call.turn.complete(Turn.ENDED);
    }

    /** Makes the first that waits a leader. If none waits, there is one leader less. */
    private void handOver() {
        do {
            Call<Q, A> next = first();
            if (next != null) {
                next.turn.complete(Turn.LEAD);
                return;
            }
            leaders.release();
        } while (!waiting.isEmpty() && leaders.tryAcquire());
    }

    private synchronized @Nullable Call<Q, A> first() {
        return waiting.poll();
    }
}
