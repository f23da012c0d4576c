package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Principal;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.PositionJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.Filter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers the commands of a client, one after the other: the next is taken when the one before is answered. For the client's turns. */
final class CommandHandler {
    private final Common common;
    private final Cursors cursors;
    private final Transport transport;
    private final Framing framing;
    private final String client;
    private final Identity identity;
    private final Supplier<ObjectNode> pong;
    private final Runnable refused;
    private final Runnable wake;
    private @Nullable CompletableFuture<ObjectNode> publishing;
    private @Nullable CompletableFuture<Principal> authenticating;
    private volatile @Nullable String command;
    /** The topic whose subscription has to be ready before it is answered. For the turns. */
    private @Nullable String awaited;
    /** The JSON of the command, as far as it is some, in the turn in which it is answered: it is many times as large as its text. */
    private @Nullable JsonNode json;

    /**
     * With a client that has said nothing yet.
     *
     * @param client whose subscriptions are, for people
     * @param identity who says it
     * @param pong what answers a ping
     * @param refused is run when it shows a credential that is not valid
     * @param wake is run, on any thread, when there is something to answer
     */
    CommandHandler(
            Common common,
            Cursors cursors,
            Transport transport,
            Framing framing,
            String client,
            Identity identity,
            Supplier<ObjectNode> pong,
            Runnable refused,
            Runnable wake) {
        this.common = common;
        this.cursors = cursors;
        this.transport = transport;
        this.framing = framing;
        this.client = client;
        this.identity = identity;
        this.pong = pong;
        this.refused = refused;
        this.wake = wake;
    }

    /** A message of this type. */
    static ObjectNode object(String type) {
        return PayloadJson.JSON.createObjectNode().put("type", type);
    }

    static ObjectNode error(RequestException refusal) {
        return object("error").put("code", refusal.kind().code()).put("message", refusal.why());
    }

    /** With the topic and the client's own id, as far as the command had them. */
    static ObjectNode error(RequestException refusal, @Nullable String topic, @Nullable JsonNode id) {
        ObjectNode error = error(refusal);
        if (id != null) {
            error.set("id", id);
        }
        return topic == null ? error : error.put("topic", topic);
    }

    /** Of the command that is answered now. */
    private ObjectNode errorOfCommand(RequestException refusal) {
        JsonNode of = json;
        return of == null
                ? error(refusal)
                : error(refusal, of.path("topic").textValue(), Command.isId(of.get("id")) ? of.get("id") : null);
    }

    /** The client says this. Any thread. */
    void command(String text) {
        command = text;
        wake.run();
    }

    /**
     * What is to be sent: it answers a command, or a publish that is done. Null if there is nothing to say now.
     *
     * @param frame makes an empty one
     */
    @Nullable List<ByteBuffer> answer(Supplier<Bytes> frame) {
        if (publishing != null) {
            return published(frame);
        }
        String text = command;
        CompletableFuture<Principal> shown = authenticating;
        String topic = awaited;
        if (text == null || (shown != null && !shown.isDone()) || (topic != null && cursors.isOpening(topic))) {
            return null;
        }
        awaited = null;
        @Nullable List<ByteBuffer> answer;
        try {
            json = Command.read(text);
            Command given = Command.parse(json, common.settings().defaultTopic);
            if (given instanceof Command.Publish publish) {
                command = null;
                publish(publish, text.length(), Objects.requireNonNull(json).get("id"));
                json = null;
                return published(frame);
            }
            if (given instanceof Command.Subscribe subscribe && cursors.isOpening(subscribe.topic())) {
                awaited = subscribe.topic();
                json = null;
                return null; // it is answered when the subscription is ready
            }
            if (given instanceof Command.Auth auth && !isChecked(auth)) {
                json = null;
                return null; // it is answered when it is known whose it is
            }
            answer = answer(given, frame);
        } catch (RequestException e) {
            common.access().audit().refused(identity.caller(), e);
            answer = framing.object(frame.get(), errorOfCommand(e));
        }
        command = null;
        json = null;
        transport.takeCommand();
        return answer;
    }

    private @Nullable List<ByteBuffer> answer(Command given, Supplier<Bytes> frame) {
        if (given instanceof Command.Subscribe subscribe) {
            return subscribe(subscribe, frame);
        } else if (given instanceof Command.Unsubscribe unsubscribe) {
            TopicCursor known = cursors.of(unsubscribe.topic());
            CursorToken token = known.token();
            cursors.drop(known);
            return framing.object(
                    frame.get(),
                    object("unsubscribed")
                            .put("topic", unsubscribe.topic())
                            .put("token", token == null ? null : token.toString()));
        } else if (given instanceof Command.Resume resume) {
            resume(resume);
            return null;
        } else if (given instanceof Command.Auth) {
            return framing.object(frame.get(), authenticated());
        }
        return framing.object(frame.get(), pong.get());
    }

    /** {@return whether it is known whose credential it is} Else the client is woken then. */
    private boolean isChecked(Command.Auth given) {
        if (authenticating == null) {
            CompletableFuture<Principal> shown =
                    common.access().ofToken(given.token()).toCompletableFuture();
            authenticating = shown;
            if (!shown.isDone()) {
                var unused = shown.whenComplete((principal, failure) -> wake.run());
            }
        }
        return authenticating.isDone();
    }

    private ObjectNode authenticated() {
        CompletableFuture<Principal> shown = Objects.requireNonNull(authenticating);
        authenticating = null;
        Principal principal;
        try {
            principal = shown.join();
        } catch (CompletionException e) {
            RequestException refusal = RequestException.of(e);
            if (refusal.kind() == Kind.UNAUTHENTICATED) {
                refused.run(); // it is not taken for one who has shown none
            }
            throw refusal;
        }
        identity.renew(principal, cursors.topics());
        common.access().audit().renewed(identity.caller());
        ObjectNode answer = object("authenticated").put("subject", principal.subject());
        return principal.expiresMs() == Long.MAX_VALUE ? answer : answer.put("expires_in_ms", principal.expiresInMs());
    }

    private void resume(Command.Resume given) {
        switch (cursors.of(given.topic()).resume(given.token())) {
            case RESUMED, EARLIER -> {}
            case NOT_PAUSED ->
                throw new RequestException(Kind.BAD_MESSAGE, "the subscription to " + given.topic() + " is not paused");
            case OTHER ->
                throw new RequestException(
                        Kind.BAD_TOKEN,
                        "the subscription to " + given.topic()
                                + " waits for a Resume with the token of its cursor_expired, or without one");
        }
    }

    // ------------------------------------------------------------------ subscribing

    private @Nullable List<ByteBuffer> subscribe(Command.Subscribe wanted, Supplier<Bytes> frame) {
        Caller caller = identity.caller();
        caller.checkSubscribe(wanted.topic());
        Filter filter = TopicFilter.of(wanted.filter(), caller);
        Long most = maxMessageBytes(wanted.maxMessageBytes());
        OnLag onLag = wanted.onLag() == null ? null : OnLag.parse(wanted.onLag());
        TopicCursor known = cursors.known(wanted.topic());
        if (known == null) {
            OnLag first = onLag == null ? OnLag.RESYNC : onLag;
            long all = most == null ? Long.MAX_VALUE : most;
            TopicCursor opened = cursors.open(
                    new SubscribeRequest(
                            wanted.topic(), start(wanted), filter, first, all, Boolean.TRUE.equals(wanted.state())),
                    caller,
                    client);
            opened.ids(Boolean.TRUE.equals(wanted.ids()));
            opened.askedBy(Objects.requireNonNull(json).get("id"));
            return null;
        }
        if (wanted.from() != null) {
            throw new RequestException(
                    Kind.FROM_NOT_ALLOWED,
                    "there is a subscription to " + wanted.topic()
                            + " already, which keeps its position: leave out from, or unsubscribe first");
        }
        if (wanted.state() != null && wanted.state() != known.isState()) {
            throw new RequestException(
                    Kind.BAD_MESSAGE,
                    "there is a subscription to " + wanted.topic() + " already, "
                            + (known.isState() ? "to its state" : "to its messages") + ": unsubscribe first");
        }
        CursorToken here = known.token();
        if (here == null) {
            throw new RequestException(Kind.REFUSED, "the subscription to " + wanted.topic() + " is about to end");
        }
        cursors.change(known, filter, onLag, most, caller);
        if (wanted.ids() != null) {
            known.ids(wanted.ids());
        }
        CursorToken there = known.token();
        long left = there == null ? here.filter() : there.filter();
        return framing.subscribed(frame.get(), known.topic(), here.filteredBy(left), known.listed(here), Set.of());
    }

    private StartFrom start(Command.Subscribe wanted) {
        JsonNode from = wanted.from();
        if (from == null || from.isNull()) {
            return StartFrom.latest();
        }
        return common.start(from.isTextual() ? from.textValue() : from.toString(), wanted.topic());
    }

    private static @Nullable Long maxMessageBytes(@Nullable JsonNode given) {
        if (given == null || given.isNull()) {
            return null;
        }
        if (!given.canConvertToLong() || !given.isIntegralNumber() || given.longValue() < 0) {
            throw new RequestException(Kind.BAD_MESSAGE, "max_message_bytes is a number of bytes");
        }
        return given.longValue();
    }

    // ------------------------------------------------------------------ publishing

    private void publish(Command.Publish wanted, int size, @Nullable JsonNode id) {
        CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
        publishing = answer;
        transport.hold(answer); // its message may wait for room
        try {
            var unused = common.publisher()
                    .publish(wanted.topic(), wanted.given(), size, identity.caller())
                    .whenComplete((position, failure) -> {
                        ObjectNode message;
                        if (failure == null) {
                            message = object("published").put("topic", wanted.topic());
                            PositionJson.write(message.putObject("position"), common.nodeName(), position);
                        } else {
                            RequestException refusal = RequestException.of(failure);
                            common.access().audit().refused(identity.caller(), refusal);
                            message = error(refusal).put("topic", wanted.topic());
                        }
                        answer.complete(withId(message, id));
                        wake.run();
                    });
        } catch (RequestException e) {
            common.access().audit().refused(identity.caller(), e);
            answer.complete(error(e, wanted.topic(), id));
        }
    }

    private static ObjectNode withId(ObjectNode message, @Nullable JsonNode id) {
        if (id != null) {
            message.set("id", id);
        }
        return message;
    }

    /** Answers a publish that is done. */
    private @Nullable List<ByteBuffer> published(Supplier<Bytes> frame) {
        CompletableFuture<ObjectNode> answer = publishing;
        if (answer == null || !answer.isDone()) {
            return null;
        }
        publishing = null;
        transport.takeCommand();
        return framing.object(frame.get(), answer.join());
    }
}
