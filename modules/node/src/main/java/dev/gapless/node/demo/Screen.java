package dev.gapless.node.demo;

import java.io.PrintWriter;
import java.util.Locale;

/** The demo's output: a line for everything that happens, with the seconds since the start and the node. */
final class Screen {
    enum Colour {
        PLAIN(""),
        DIM("\033[2m"),
        BOLD("\033[1m"),
        GREEN("\033[32m"),
        YELLOW("\033[33m"),
        RED("\033[31m"),
        CYAN("\033[36m");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    private final PrintWriter out;
    private final boolean colours;
    private final long startNs = System.nanoTime();

    Screen(PrintWriter out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    /** Something that happened at a node. */
    void line(String node, Colour colour, String text) {
        String time = String.format(Locale.ROOT, "%5.1f s", (System.nanoTime() - startNs) / 1e9);
        print(paint(Colour.DIM, time) + "  " + paint(Colour.CYAN, String.format("%-4s", node)) + "  "
                + paint(colour, text));
    }

    /** What comes next. */
    void heading(String text) {
        print("");
        print(paint(Colour.BOLD, text));
    }

    void print(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    String paint(Colour colour, String text) {
        return colours && colour != Colour.PLAIN ? colour.code + text + "\033[0m" : text;
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String seconds(long ns) {
        return String.format(Locale.ROOT, "%.2f s", ns / 1e9);
    }
}
