package dev.gapless.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns of printable text: the first to the left, the others to the right. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final int leftColumns;

    /** @param leftColumns how many columns are aligned to the left */
    public Table(int leftColumns) {
        this.leftColumns = leftColumns;
    }

    public Table row(String... cells) {
        rows.add(Arrays.stream(cells).map(Printable::of).toList());
        return this;
    }

    /** The lines, each column as wide as it needs to be. */
    public List<String> lines() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                if (i == widths.size()) {
                    widths.add(0);
                }
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            String padding = " ".repeat(widths.get(i) - cell.length());
            line.append(i == 0 ? "" : "  ").append(i < leftColumns ? cell + padding : padding + cell);
        }
        return line.toString().stripTrailing();
    }
}
