package dev.gapless.multijvm.checker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the judge of tables finds. The source has a as 1 and 3, and b as 2, 4 (deleted) and 5; all stand in stream e, at 11 to 15. The first read
 * had all up to 2, the second one, which failed, up to 3, and the third one up to 4.
 */
class TableCheckerTest {
    private static final String FIRST = "p:1";

    @TempDir
    private Path directory;

    private TableChecker checker;

    @BeforeEach
    void journals() throws IOException {
        checker = new TableChecker(directory);
        write("rows", "w 1 own-a false q 1", "w 2 own-b false q 2", "r p:1 2 21");
        write(
                "rows",
                "w 3 own-a false q 30",
                "r p:2 3 41",
                "w 4 own-b true q 50",
                "r p:3 4 61",
                "w 5 own-b false q 70");
        write("writer-q", "p own-a 1 e 11 3", "p own-b 2 e 12 4", "p own-a 3 e 13 35");
        write("writer-q", "p own-b 4 e 14 55", "p own-b 5 e 15 75");
        write("reads-p", "b p:1 20", "e p:1 25", "b p:2 40", "f p:2 45", "b p:3 60", "e p:3 65", "b p:4 80");
        write("observer-p-view", "observer p-view p 1", "s 26 27 LIVE e:12 own-a=1@p:1 own-b=2@p:1");
    }

    private void write(String journal, String... lines) throws IOException {
        Files.writeString(
                directory.resolve(journal + ".journal"),
                String.join("\n", lines) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private void shows(String... lines) throws IOException {
        write("observer-p-view", lines);
    }

    private void finds(String what) {
        checker.read();
        assertEquals(1, checker.violations().size(), checker.violations()::toString);
        assertTrue(checker.violations().iterator().next().contains(what), checker.violations()::toString);
    }

    @Test
    void takesWhatIsRight() throws IOException {
        shows("s 36 37 LIVE e:13 own-a=3@", "s 56 57 LIVE e:14 own-b=-", "s 76 77 LIVE e:15 own-b=5@");
        checker.read();
        assertEquals(Set.of(), checker.violations());
        assertEquals(Map.of(), checker.lacking(Set.of("p")));
        assertEquals(4, checker.counts().get("states shown by view"));
    }

    @Test
    void findsAKeyThatGoesBack() throws IOException {
        shows("s 36 37 LIVE e:12 own-a=3@", "s 38 39 LIVE e:12 own-a=1@");
        finds("own-a is at Shown[version=1");
    }

    @Test
    void findsAKeyThatComesBackAsWhatWasDeleted() throws IOException {
        shows("s 56 57 LIVE e:12 own-a=3@ own-b=-", "s 58 59 LIVE e:12 own-b=2@");
        finds("own-b is at Shown[version=2");
    }

    @Test
    void findsAStateThatLacksWhatItsTokenHas() throws IOException {
        shows("s 36 37 LIVE e:13");
        finds("its token has 3");
    }

    @Test
    void findsAKeyThatIsGoneAndWasNotDeleted() throws IOException {
        shows("s 36 37 LIVE e:12 own-a=-");
        finds("own-a is not there");
    }

    @Test
    void findsHalfASnapshot() throws IOException {
        write("rows", "r p:4 5 81");
        write("reads-p", "e p:4 85");
        shows("s 76 77 LIVE e:12 own-a=3@p:3 own-b=-", "s 86 87 LIVE e:12 own-b=5@p:4");
        checker.read();
        assertEquals(Set.of(), checker.violations());
        write("rows", "w 6 own-c false q 90", "w 7 own-d false q 91", "r p:5 7 92");
        write("reads-p", "b p:5 92", "e p:5 93");
        shows("s 94 95 LIVE e:12 own-c=6@p:5");
        finds("own-d is not there");
    }

    @Test
    void findsRowsOfAReadThatFailed() throws IOException {
        shows("s 46 47 LIVE e:12 own-a=3@p:2");
        finds("which has not succeeded");
    }

    @Test
    void findsAReadThatWasLeftOut() throws IOException {
        shows("s 81 82 LIVE e:12 own-b=-");
        finds("read p:3 is over");
    }

    @Test
    void findsAStateThatMovesWhileSomethingIsMissing() throws IOException {
        shows("s 41 42 STALE e:12", "s 43 44 STALE e:12 own-a=3@");
        finds("nothing was read");
    }

    @Test
    void takesAKeyThatCameAndWentDuringARead() throws IOException {
        write("rows", "w 6 own-c false q 82", "w 7 own-c true q 83", "r p:4 7 84");
        write("writer-q", "p own-c 6 e 16 83", "p own-c 7 e 17 87");
        write("reads-p", "e p:4 85", "b p:5 99");
        shows("s 76 77 LIVE e:15 own-a=3@ own-b=5@p:4", "s 86 87 LIVE e:16 own-c=6@", "s 100 101 LIVE e:17 own-c=-");
        checker.read();
        assertEquals(Set.of(), checker.violations());
    }

    /**
     * Own-c is written as 6 and deleted as 7, and both is published. A read of p has the deletion, and own-d, by which it shows; before it the
     * table of p had this token.
     */
    private void aKeyIsDeletedDuringARead(String token) throws IOException {
        write("rows", "w 6 own-c false q 82", "w 7 own-c true q 83", "w 8 own-d false q 83", "r p:4 8 84");
        write("writer-q", "p own-c 6 e 16 82", "p own-c 7 e 17 83");
        shows("s 76 77 LIVE e:15 own-a=3@ own-b=5@", "s 78 79 STALE " + token);
        write("reads-p", "e p:4 85");
    }

    /** It has been shown own-c by q, and still is by p. */
    private void aClientComes() throws IOException {
        write("observer-ws-1", "observer ws-1 - 1", "m q -", "s 86 86 LIVE e:16 own-a=3@ own-b=5@ own-c=6@");
        write("observer-ws-1", "m p e:16", "s 87 87 LIVE e:16 own-d=8@p:4");
    }

    @Test
    void takesAClientThatIsShownAKeyThatCameAndWentDuringARead() throws IOException {
        aKeyIsDeletedDuringARead("e:15");
        aClientComes();
        checker.read();
        assertEquals(Set.of(), checker.violations());
        assertEquals(1, checker.counts().get("rows that came behind a read that had them deleted"));
    }

    @Test
    void findsAClientThatIsShownADeletedKeyThatTheTableHadBeforeTheRead() throws IOException {
        aKeyIsDeletedDuringARead("e:16");
        aClientComes();
        finds("ws-1: own-c is at Shown[version=6");
    }

    @Test
    void findsAListenerThatIsShownADeletedKeyThatItsTableHadBeforeTheRead() throws IOException {
        aKeyIsDeletedDuringARead("e:16");
        write(
                "observer-p-listener",
                "observer p-listener p 1",
                "s 87 87 - - own-a=3@p:4 own-b=5@p:4 own-c=6@ own-d=8@p:4");
        finds("p-listener: own-c is at Shown[version=6");
    }

    @Test
    void findsADeletedKeyWhoseDeletionTheTokenHas() throws IOException {
        aKeyIsDeletedDuringARead("e:15");
        shows("s 87 88 LIVE e:15 own-d=8@p:4", "s 89 90 LIVE e:17 own-c=6@");
        finds("own-c is at Shown[version=6");
    }

    @Test
    void findsADeletedKeyThatTheSameMessageBringsTwice() throws IOException {
        aKeyIsDeletedDuringARead("e:15");
        shows("s 87 88 LIVE e:15 own-d=8@p:4", "s 89 90 LIVE e:16 own-c=6@", "s 91 92 LIVE e:16 own-c=-");
        checker.read();
        assertEquals(Set.of(), checker.violations());
        shows("s 93 94 LIVE e:16 own-c=6@");
        finds("own-c is at Shown[version=6");
    }

    @Test
    void findsAClientThatGoesBackAtAnotherGateway() throws IOException {
        write("observer-ws-1", "observer ws-1 - 1", "m p -", "s 36 36 LIVE e:13 own-a=3@ own-b=2@");
        write("observer-ws-1", "m q e:13", "s 38 38 LIVE e:13 own-a=1@");
        finds("own-a is at Shown[version=1");
    }

    @Test
    void takesAClientThatSeesWhatIsNotPublishedAndThenWhatIs() throws IOException {
        write("observer-ws-1", "observer ws-1 - 1", "m p -", "s 36 36 LIVE e:12 own-a=3@p:3 own-b=-");
        write("observer-ws-1", "m q e:12", "s 38 38 LIVE e:12 own-a=1@ own-b=2@");
        checker.read();
        assertEquals(Set.of(), checker.violations());
        assertEquals(
                2, checker.counts().get("went back at another gateway, behind a row that was read and not published"));
    }

    @Test
    void findsAnOwnWriteThatIsNotThere() throws IOException {
        write("observer-p-reached", "observer p-reached p 1", "w own-a 3 1@" + FIRST);
        finds("was written as 3");
    }

    @Test
    void findsWhoLacksSomethingInTheEnd() throws IOException {
        checker.read();
        assertEquals(
                List.of("observer-p-view"),
                List.copyOf(checker.lacking(Set.of("p")).keySet()));
        assertEquals(Map.of(), checker.lacking(Set.of()));
    }
}
