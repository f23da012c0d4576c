package dev.gapless.planted;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads all classes of Gapless and of applications in tests anew, and these instead of those that are there. Everything else is loaded once for all. */
final class Planted extends ClassLoader {
    private static final String GAPLESS = "dev.gapless.";
    private static final String APPLICATIONS = "com.example.";
    private static final String CLASS = ".class";
    private static final String THIS = Planted.class.getPackageName() + ".";

    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> classes;

    Planted(Map<String, byte[]> classes) {
        super(Planted.class.getClassLoader());
        this.classes = classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!(name.startsWith(GAPLESS) || name.startsWith(APPLICATIONS)) || name.startsWith(THIS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    /** Also to those who read classes, as Spring reads annotations. */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        byte @Nullable [] bytes = name.endsWith(CLASS)
                ? classes.get(name.replace('/', '.').substring(0, name.length() - CLASS.length()))
                : null;
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes;
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + CLASS)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }
}
