package dev.gapless.internal.table;

import dev.gapless.TableChanges;
import dev.gapless.TableClosed;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/** The steps of a table as a stream. What comes while nobody asks waits as one step. It fails when the table closes. */
final class ChangesSource<T> extends GraphStage<SourceShape<TableChanges<T>>> {
    /** Begins to hear of the table's steps, and ends it. */
    interface Told<T> {
        /** Throws TableClosed if it has closed. */
        void begin(Steps<T> steps);

        void end(Steps<T> steps);
    }

    private final Outlet<TableChanges<T>> out = Outlet.create("changes");
    private final Told<T> table;

    ChangesSource(Told<T> table) {
        this.table = table;
    }

    @Override
    public SourceShape<TableChanges<T>> shape() {
        return SourceShape.of(out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private @Nullable Steps<T> steps;

        Logic() {
            super(shape());
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pushNext();
                }
            });
        }

        @Override
        @SuppressWarnings("serial") // javac warns of lambdas in any package below "internal"; none is ever serialized
        public void preStart() {
            AsyncCallback<Boolean> there = createAsyncCallback(any -> pushNext());
            AsyncCallback<TableClosed> over = createAsyncCallback(this::failStage);
            Steps<T> its = new Steps<>() {
                @Override
                void isThere() {
                    there.invoke(true);
                }

                @Override
                void ended(TableClosed why) {
                    over.invoke(why);
                }
            };
            steps = its;
            try {
                table.begin(its);
            } catch (TableClosed e) {
                failStage(e);
            }
        }

        private void pushNext() {
            Steps<T> its = steps;
            if (its != null && isAvailable(out)) {
                TableChanges<T> next = its.take();
                if (next != null) {
                    push(out, next);
                }
            }
        }

        @Override
        public void postStop() {
            Steps<T> its = steps;
            if (its != null) {
                its.drop();
                table.end(its);
            }
        }
    }
}
