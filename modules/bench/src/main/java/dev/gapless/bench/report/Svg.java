package dev.gapless.bench.report;

import java.util.Locale;

/** A drawing with a ground of its own, which is light or dark as the reader's system is. */
final class Svg {
    static final String START = "start";
    static final String MIDDLE = "middle";
    static final String END = "end";

    private static final String STYLE = """
            <style>
              .ground { fill: #ffffff } .text { fill: #1f2933 } .soft { fill: #52606d }
              .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4 }
              .grid { stroke: #d9e2ec } .axis { stroke: #829ab1 } .spread { stroke: #1f2933; stroke-width: 1.5 }
              .bar, .mark { fill: #829ab1 } .line { stroke: #829ab1 }
              .own { fill: #2b6cb0 } .line.own { stroke: #2b6cb0 } .line { fill: none; stroke-width: 2 }
              @media (prefers-color-scheme: dark) {
                .ground { fill: #0d1117 } .text { fill: #e6edf3 } .soft { fill: #9fb3c8 }
                .value { stroke: #0d1117 }
                .grid { stroke: #26303b } .axis { stroke: #627d98 } .spread { stroke: #e6edf3 }
                .own { fill: #4c9be8 } .line.own { stroke: #4c9be8; fill: none }
              }
            </style>
            """;

    private final StringBuilder out = new StringBuilder();

    /** @param description what it shows, for who cannot see it */
    Svg(int width, int height, String title, String description) {
        put(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                        + " aria-labelledby=\"title desc\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\""
                        + " font-size=\"13\">\n",
                width, height, width, height);
        put("<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", escaped(title), escaped(description));
        out.append(STYLE);
        put("<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n", width, height);
        put("<text class=\"text\" x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"bold\">%s</text>\n", escaped(title));
    }

    void text(String style, double x, double y, String anchor, String text) {
        put(
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
                style, x, y, anchor, escaped(text));
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        put("<path class=\"%s\" d=\"M%.1f %.1f L%.1f %.1f\"/>\n", style, x1, y1, x2, y2);
    }

    /** A bar from the axis on. */
    void bar(boolean own, double x, double y, double width, double height, String said) {
        put(
                "<rect class=\"bar%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title></rect>\n",
                own ? " own" : "", x, y, width, height, escaped(said));
    }

    /** A point: of one's own a disc, of another's a square. */
    void mark(boolean own, double x, double y, String said) {
        if (own) {
            put(
                    "<circle class=\"mark own\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%s</title></circle>\n",
                    x, y, escaped(said));
        } else {
            put(
                    "<rect class=\"mark\" x=\"%.1f\" y=\"%.1f\" width=\"9\" height=\"9\"><title>%s</title></rect>\n",
                    x - 4.5, y - 4.5, escaped(said));
        }
    }

    /** From the lowest to the highest of a bar, with an end at each. */
    void spreadAlong(double x1, double x2, double y) {
        put(
                "<path class=\"spread\" d=\"M%.1f %.1f H%.1f M%.1f %.1f v8 M%.1f %.1f v8\"/>\n",
                x1, y, x2, x1, y - 4, x2, y - 4);
    }

    /** From the lowest to the highest of a point, with an end at each. */
    void spreadUp(double x, double y1, double y2) {
        put(
                "<path class=\"spread\" d=\"M%.1f %.1f V%.1f M%.1f %.1f h8 M%.1f %.1f h8\"/>\n",
                x, y1, y2, x - 4, y1, x - 4, y2);
    }

    String end() {
        return out + "</svg>\n";
    }

    private void put(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
