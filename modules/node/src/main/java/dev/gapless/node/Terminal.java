package dev.gapless.node;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** Asks whether somebody watches. */
public final class Terminal {
    private Terminal() {}

    /** Is standard error a terminal? */
    public static boolean onStandardError() {
        return isTerminal(2);
    }

    /** Is standard output a terminal? */
    public static boolean onStandardOutput() {
        return isTerminal(1);
    }

    // Java tells only whether input and output both are, and since 22 not even that.
    private static boolean isTerminal(int descriptor) {
        try {
            return new ProcessBuilder("test", "-t", String.valueOf(descriptor))
                            .redirectInput(Redirect.INHERIT)
                            .redirectOutput(Redirect.INHERIT)
                            .redirectError(Redirect.INHERIT)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
