package com.example.flags;

import com.typesafe.config.ConfigFactory;
import dev.gapless.ClusterFormation;
import dev.gapless.Gapless;
import java.nio.file.Path;
import java.util.Scanner;
import org.apache.pekko.actor.ActorSystem;

/** A node: {@code dark on} and {@code dark off} change a flag, an empty line shows all, the end of the input ends it. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        ActorSystem system = ClusterFormation.start("flags", ConfigFactory.load());
        Gapless gapless = Gapless.get(system);
        // What it knows is stale then: the process ends (exit-jvm in application.conf), and whoever runs it starts it again.
        gapless.onRemoved(removed -> System.out.println("This node ends: " + removed.reason()));
        FlagFile file = new FlagFile(Path.of(args.length > 0 ? args[0] : "flags.txt"));
        FlagCache cache = new FlagCache(gapless, file);
        FlagEditor editor = new FlagEditor(gapless, file);

        cache.ready().toCompletableFuture().join(); // once this node is a member of the cluster
        System.out.println("Ready, as process " + ProcessHandle.current().pid() + ": " + cache.all().values());
        Scanner input = new Scanner(System.in);
        while (input.hasNextLine()) {
            String[] words = input.nextLine().strip().split(" +");
            if (words.length == 2) {
                editor.set(words[0], words[1].equals("on")).whenComplete((position, failure) -> {
                    if (failure != null) {
                        System.out.println("Not published: " + failure);
                    }
                });
            } else {
                System.out.println(cache.all().values());
            }
        }
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
