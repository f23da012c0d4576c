package dev.gapless.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From 0 to a round number. */
record Axis(double step, int steps) {
    private static final int MOST_STEPS = 6;

    /** One that reaches as far as this value; 1 for 0. */
    static Axis to(double highest) {
        double reach = highest > 0 ? highest : 1;
        double power = Math.pow(10, Math.floor(Math.log10(reach / MOST_STEPS)));
        double step = power;
        for (int factor : new int[] {2, 5, 10}) {
            if (reach / step > MOST_STEPS) {
                step = factor * power;
            }
        }
        return new Axis(step, (int) Math.ceil(reach / step));
    }

    /** How far along it a value is, 0 to 1. */
    double at(double value) {
        return value / (step * steps);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    String said(double tick) {
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%,." + decimals + "f", tick);
    }
}
