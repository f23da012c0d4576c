package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.client.Tally;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the web server refuses before any route sees it, as a problem like all others. */
final class Errors implements Request.Handler {
    private final Tally tally;

    Errors(Tally tally) {
        this.tally = tally;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus() >= 400 ? response.getStatus() : 500;
        Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
        String why = message == null ? HttpStatus.getMessage(status) : message.toString();
        if (why.equals("Illegal Path Character")) {
            why += ": write it as an escape, such as %5C for a backslash";
        }
        tally.refused(Problem.code(status));
        Problem.of(status, why).send(response, callback);
        return true;
    }
}
