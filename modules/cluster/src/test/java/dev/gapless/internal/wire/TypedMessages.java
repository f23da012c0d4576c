package dev.gapless.internal.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.serialization.jackson.JacksonMigration;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperFactory;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProviderSetup;

/** Messages of an application, each with something that Pekko's Jackson serializers treat in a way of its own. */
final class TypedMessages {
    private TypedMessages() {}

    /** Bound to jackson-cbor. */
    interface Plain {}

    record Quote(String symbol, long price) implements Plain {}

    record Answer(ActorRef replyTo) implements Plain {}

    record Positive(int number) implements Plain {
        Positive {
            if (number <= 0) {
                throw new IllegalArgumentException(number + " is not positive");
            }
        }
    }

    /** Written with its version 2; what was called count in version 1 is called number now. */
    record Renamed(int number) implements Plain {}

    static final class RenamedMigration extends JacksonMigration {
        @Override
        public int currentVersion() {
            return 2;
        }

        @Override
        public JsonNode transform(int fromVersion, JsonNode json) {
            ObjectNode changed = (ObjectNode) json;
            changed.set("number", changed.remove("count"));
            return changed;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Cat.class), @JsonSubTypes.Type(Dog.class)})
    interface Animal extends Plain {}

    record Cat(String name) implements Animal {}

    record Dog(String name, int age) implements Animal {}

    record Zoo(Animal first, Animal second) implements Plain {}

    /** As Scala compiles an object. */
    static final class Single$ implements Plain {
        public static final Single$ MODULE$ = new Single$();
    }

    /** Compressed beyond 100 bytes. */
    record Zipped(String text) {}

    record Pressed(String text) {}

    /** Written without the name of the class. */
    record Nameless(String text) {}

    /** Of a serializer that tells how long each message took. */
    record Told(String text) {}

    /** Of a serializer with an ObjectMapper of the application's own. */
    record Own(String text) {}

    private static final Config CONFIG = ConfigFactory.parseString("""
            pekko.actor.provider = local
            pekko.actor.serializers {
              zip = "org.apache.pekko.serialization.jackson.JacksonJsonSerializer"
              press = "org.apache.pekko.serialization.jackson.JacksonCborSerializer"
              nameless = "org.apache.pekko.serialization.jackson.JacksonJsonSerializer"
              told = "org.apache.pekko.serialization.jackson.JacksonJsonSerializer"
              own = "org.apache.pekko.serialization.jackson.JacksonJsonSerializer"
            }
            pekko.actor.serialization-identifiers { zip = 7001, press = 7002, nameless = 7003, told = 7004, own = 7005 }
            pekko.serialization.jackson {
              jackson-cbor.migrations {
                "dev.gapless.internal.wire.TypedMessages$Renamed" = "dev.gapless.internal.wire.TypedMessages$RenamedMigration"
              }
              zip.compression { algorithm = gzip, compress-larger-than = 100 }
              press.compression { algorithm = lz4, compress-larger-than = 100 }
              nameless.type-in-manifest = off
              told.verbose-debug-logging = on
            }
            pekko.actor.serialization-bindings {
              "dev.gapless.internal.wire.TypedMessages$Plain" = jackson-cbor
              "dev.gapless.internal.wire.TypedMessages$Zipped" = zip
              "dev.gapless.internal.wire.TypedMessages$Pressed" = press
              "dev.gapless.internal.wire.TypedMessages$Nameless" = nameless
              "dev.gapless.internal.wire.TypedMessages$Told" = told
              "dev.gapless.internal.wire.TypedMessages$Own" = own
            }
            """);

    /** An actor system to which these are bound. */
    static ActorSystem system() {
        return ActorSystem.create(
                "typed",
                ActorSystemSetup.create(
                        BootstrapSetup.create(CONFIG.withFallback(ConfigFactory.load())),
                        JacksonObjectMapperProviderSetup.create(new Mappers())));
    }

    private static final class Mappers extends JacksonObjectMapperFactory {
        @Override
        public ObjectMapper newObjectMapper(String bindingName, JsonFactory factory) {
            return bindingName.equals("own") ? new OwnMapper(factory) : super.newObjectMapper(bindingName, factory);
        }
    }

    private static final class OwnMapper extends ObjectMapper {
        private static final long serialVersionUID = 1;

        OwnMapper(JsonFactory factory) {
            super(factory);
        }
    }
}
