package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import org.junit.jupiter.api.Test;

class TopicSettingsTest {

    /** Any value but that of the defaults. */
    private static Object other(RecordComponent setting) throws ReflectiveOperationException {
        Object value = setting.getAccessor().invoke(TopicSettings.DEFAULTS);
        if (value instanceof Integer number) {
            return number + 1;
        } else if (value instanceof Long number) {
            return number + 1;
        } else if (value instanceof Double number) {
            return number / 2;
        } else if (value instanceof Boolean flag) {
            return !flag;
        } else if (value instanceof Backoff backoff) {
            return new Backoff(backoff.minNs() + 1, backoff.maxNs());
        }
        Object[] constants = setting.getType().getEnumConstants();
        return constants[0].equals(value) ? constants[1] : constants[0];
    }

    private static void set(TopicSettings.Draft draft, RecordComponent setting, Object value) {
        try {
            Field field = TopicSettings.Draft.class.getField(setting.getName());
            field.set(draft, value);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @Test
    void eachSettingIsChangedByItselfAndKeptWhenOthersAre() throws ReflectiveOperationException {
        for (RecordComponent setting : TopicSettings.class.getRecordComponents()) {
            Object value = other(setting);
            TopicSettings changed = TopicSettings.DEFAULTS.with(draft -> set(draft, setting, value));
            assertNotEquals(TopicSettings.DEFAULTS, changed);
            assertEquals(value, setting.getAccessor().invoke(changed), setting.getName());
            assertEquals(changed, changed.with(draft -> {}), setting.getName());
        }
    }
}
