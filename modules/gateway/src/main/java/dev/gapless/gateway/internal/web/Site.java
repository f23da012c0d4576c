package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.site.StaticFiles;
import java.util.Set;

/** Files of the dashboard, and the JavaScript client. They are for everybody: they hold nothing of the cluster, which is asked for with a credential. */
final class Site {
    private Site() {}

    /** Those, at their names, and the page at {@code /}. */
    static StaticFiles files() {
        return StaticFiles.named(Set.of(
                        "app.css",
                        "app.js",
                        "chart.js",
                        "client.js",
                        "clients.js",
                        "dom.js",
                        "format.js",
                        "icon.svg",
                        "index.html",
                        "list.js",
                        "overview.js",
                        "status.js",
                        "stream.js",
                        "tail-worker.js",
                        "tail.js",
                        "theme.js",
                        "topic.js",
                        "vendor/uPlot.esm.js",
                        "vendor/uPlot.min.css"))
                .add("/", "index.html");
    }
}
