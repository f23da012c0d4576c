package dev.gapless.examples.pricing;

import dev.gapless.Table;
import dev.gapless.TableChanges;
import dev.gapless.core.table.Change;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Whatever an application keeps beside the table, for instance by another key: it follows the differences, also those of a reload. Here it has
 * the same prices, so that the two can be compared.
 */
@Component
public class PriceCache {
    private final Map<String, Price> prices = new ConcurrentHashMap<>();

    PriceCache(Table<Price> table) {
        table.onChange(this::follow); // until the table closes; the first step has all that there is
    }

    private void follow(TableChanges<Price> step) {
        for (Change<Price> change : step.changes()) {
            Price price = change.after();
            if (price == null) {
                prices.remove(change.key());
            } else {
                prices.put(change.key(), price);
            }
        }
    }

    public Map<String, Price> prices() {
        return prices;
    }
}
