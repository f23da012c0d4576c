package dev.gapless.durable;

import java.nio.file.FileSystemException;

/** Why a store does not work, for people. */
final class StoreProblem {
    private StoreProblem() {}

    /** What was tried last, and what is wrong in the end. */
    static String why(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String last = said(failure);
        return last.contains(said(root)) ? last : last + ": " + said(root);
    }

    private static String said(Throwable failure) {
        String message = failure.getMessage();
        boolean isPathAlone = failure instanceof FileSystemException file && file.getReason() == null;
        return message == null || isPathAlone ? failure.toString() : message;
    }
}
