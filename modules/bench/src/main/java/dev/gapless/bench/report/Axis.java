package dev.gapless.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis with ticks at round numbers.
 *
 * @param logarithmic are the ticks powers of ten?
 * @param first the exponent of the first tick; 0 if it is not logarithmic: it then begins at 0
 * @param step from tick to tick; in exponents if it is logarithmic
 * @param steps how many
 */
record Axis(boolean logarithmic, int first, double step, int steps) {
    private static final int MOST_STEPS = 6;

    /** If values differ by more than this factor, the small ones cannot be told apart on an axis from 0. */
    private static final double WIDE = 50;

    /** One from 0 that reaches as far as this value; 1 for 0. */
    static Axis to(double highest) {
        double reach = highest > 0 ? highest : 1;
        double power = Math.pow(10, Math.floor(Math.log10(reach / MOST_STEPS)));
        double step = power;
        for (int factor : new int[] {2, 5, 10}) {
            if (reach / step > MOST_STEPS) {
                step = factor * power;
            }
        }
        return new Axis(false, 0, step, (int) Math.ceil(reach / step));
    }

    /** One that shows all values between these; logarithmic if they differ much. */
    static Axis of(double lowest, double highest) {
        if (lowest <= 0 || highest / lowest <= WIDE) {
            return to(highest);
        }
        int first = (int) Math.floor(Math.log10(lowest));
        return new Axis(true, first, 1, (int) Math.ceil(Math.log10(highest)) - first);
    }

    /** How far along it a value is, 0 to 1. */
    double at(double value) {
        return logarithmic ? (Math.log10(value) - first) / steps : value / (step * steps);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            ticks.add(logarithmic ? Math.pow(10, first + i) : i * step);
        }
        return ticks;
    }

    String said(double tick) {
        double unit = logarithmic ? tick : step;
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(unit) + 1e-9));
        return String.format(Locale.ROOT, "%,." + decimals + "f", tick);
    }
}
