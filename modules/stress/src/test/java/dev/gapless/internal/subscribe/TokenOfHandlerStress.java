package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Payload;
import dev.gapless.Reload;
import dev.gapless.internal.trace.Untraced;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A token of a handler's subscription is never ahead of the messages that the handler has returned from. */
@JCStressTest
@Outcome(id = "not ahead", expect = Expect.ACCEPTABLE, desc = "who resumes there is given what was not dealt with")
@State
public class TokenOfHandlerStress {
    private final Confirming subscription = new Confirming(new HandlerRecipient<>(Untraced.OFF, new Counting()));

    private final class Counting implements MessageHandler<Payload> {
        @Override
        public void onMessage(Delivery<Payload> delivery) {
            subscription.count();
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Payload> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    @Actor
    public void reader() {
        subscription.open();
    }

    @Actor
    public void other(L_Result result) {
        result.r1 = subscription.token();
    }
}
