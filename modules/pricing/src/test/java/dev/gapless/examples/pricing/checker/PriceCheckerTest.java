package dev.gapless.examples.pricing.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PriceCheckerTest {
    private static final Row FIRST = new Row("EURUSD", 1.08, 1);
    private static final Row SECOND = new Row("EURUSD", 1.09, 2);

    private final PriceChecker checker = new PriceChecker();

    private void shows(Row... rows) {
        shows("a", rows);
    }

    private void shows(String process, Row... rows) {
        checker.shows(process, "/prices", rows.length == 0 ? Map.of() : Map.of(rows[0].symbol(), rows[0]));
    }

    @Test
    void acceptsVersionsThatRiseAndWhatAnotherProcessHasNotGotYet() {
        shows(FIRST);
        shows(SECOND);
        shows("b", FIRST);
        shows();
        shows(new Row("EURUSD", 1.1, 4));
        assertThat(checker.violations()).isEmpty();
        assertThat(checker.reads()).isEqualTo(5);
    }

    @Test
    void noticesAVersionThatFalls() {
        shows(SECOND);
        shows(FIRST);
        assertThat(checker.violations()).singleElement().asString().contains("fell from version 2");
    }

    @Test
    void noticesADeletedRowThatComesBack() {
        shows(FIRST);
        shows();
        shows(FIRST);
        assertThat(checker.violations()).singleElement().asString().contains("came back");
    }

    @Test
    void noticesAnotherAmount() {
        checker.has("the publisher", FIRST);
        shows(new Row("EURUSD", 1.07, 1));
        assertThat(checker.violations()).singleElement().asString().contains("was 1.08 elsewhere");
    }

    @Test
    void noticesARowAtAnotherSymbol() {
        checker.shows("a", "/prices", Map.of("XAU", FIRST));
        assertThat(checker.violations()).singleElement().asString().contains("is at XAU");
    }

    @Test
    void namesWhatIsMissingOldOrTooMuch() {
        assertThat(PriceChecker.differences(Map.of("EURUSD", SECOND), Map.of("EURUSD", SECOND)))
                .isEmpty();
        assertThat(PriceChecker.differences(Map.of("EURUSD", SECOND), Map.of())).containsOnlyKeys("EURUSD");
        assertThat(PriceChecker.differences(Map.of("EURUSD", SECOND), Map.of("EURUSD", FIRST)))
                .containsOnlyKeys("EURUSD");
        assertThat(PriceChecker.differences(Map.of(), Map.of("EURUSD", FIRST))).containsOnlyKeys("EURUSD");
    }
}
