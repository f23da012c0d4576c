package dev.gapless.simulation.mutation;

import java.net.URI;
import javax.tools.SimpleJavaFileObject;

/** A source that is compiled without being a file. */
public final class SourceText extends SimpleJavaFileObject {
    private final String text;

    /**
     * A source.
     *
     * @param path without its extension
     */
    public SourceText(String path, String text) {
        super(URI.create("planted:///" + path + Kind.SOURCE.extension), Kind.SOURCE);
        this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }
}
