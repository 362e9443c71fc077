package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.ray.RayDesk.Ran;
import dev.reprise.ray.RayDesk.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Drivers in processes of their own, and what becomes of them when a real cluster does not last.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class RayRunTest {
  private static final String NAPS = Naps.class.getName();

  @TempDir Path folder;
  private RayDesk desk;
  private Path notes;

  @BeforeEach
  void sitDown() throws IOException {
    desk = new RayDesk(folder);
    notes = Files.createDirectory(folder.resolve("notes"));
  }

  @AfterEach
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void stopCluster() throws Exception {
    desk.close();
  }

  /**
   * ENGINES R14: Ray would set up its logging on standard output. FAULTS 9: no orphan publishes.
   */
  @Test
  @Shows("Fault 9")
  void run_jsonConsole_hasStandardOutputForItself_alsoAfterADriverWasKilled() throws Exception {
    desk.startCluster("--no-dashboard");
    Running killed = start("--param", "sleepers-from=2");
    desk.awaitUnits(killed, "nap", 2);
    desk.awaitFile(killed, notes.resolve("2"));
    desk.awaitFile(killed, notes.resolve("3"));
    killed.process().destroyForcibly().waitFor();
    Files.createFile(notes.resolve(Naps.WAKE));

    Ran second = desk.await(start("--param", "sleepers-from=2"));

    assertThat(second.exit()).as(second.err()).isZero();
    assertThat(second.err()).isEmpty();
    assertThat(second.out().lines()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    // What the first driver had not committed is not there, whatever its workers did.
    assertThat(RayDesk.units(second.out(), "numbers")).isEmpty();
    assertThat(RayDesk.units(second.out(), "nap")).containsExactlyInAnyOrder(2, 3);
    assertThat(RayDesk.units(second.out(), "sum")).hasSize(1);
    assertThat(List.of(begun(0), begun(1), begun(2), begun(3))).containsExactly(1, 1, 2, 2);
    Ran third = desk.await(start("--param", "sleepers-from=2"));
    assertThat(third.out()).contains("\"RAN\":0,\"CACHED\":6");
  }

  /** FAULTS 8: never the user's error, never the code of a failed step, and not for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"raylet", "gcs_server", "all of it, in good order"})
  @Shows("Fault 8")
  void cluster_isGoneInMidRun_endsWithFourAndWhatWasDoneIsKept(String what) throws Exception {
    desk.startCluster("--no-dashboard");
    String[] forty = {"--param", "naps=40", "--param", "sleepers-from=10"};
    Running running = start(forty);
    desk.awaitUnits(running, "nap", 4);

    if (what.contains(" ")) {
      desk.stopCluster();
    } else {
      desk.kill(what);
    }
    Ran ran = desk.await(running);

    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(4);
    assertThat(ran.out())
        .contains("the Ray cluster at ", " is gone: ")
        .doesNotContain("\"outcome\":\"FAILED\"");
    Files.createFile(notes.resolve(Naps.WAKE));
    List<Integer> missing = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
    missing.removeAll(RayDesk.units(ran.out(), "nap"));
    Ran here = desk.await(startOn("ray=local", forty));
    assertThat(here.exit()).as(here.err()).isZero();
    assertThat(RayDesk.units(here.out(), "nap")).containsExactlyInAnyOrderElementsOf(missing);
  }

  /** FAULTS 8: its port answers, as for a moment that of each head which is stopped. */
  @Test
  void head_hangsInMidRun_endsWithFourAndTellsThat() throws Exception {
    desk.startCluster("--no-dashboard");
    Running running = start("--param", "naps=40", "--param", "sleepers-from=10");
    desk.awaitUnits(running, "nap", 4);

    desk.suspend("gcs_server");
    Ran ran = desk.await(running);

    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(4);
    assertThat(ran.out()).contains(" is gone: it does not tell its nodes: ", "does not answer");
  }

  /** ENGINES R15. */
  @Test
  void cluster_asksForAToken_takesTheRightOneAndNoOther() throws Exception {
    desk.with("RAY_AUTH_MODE", "token").with("RAY_AUTH_TOKEN", "right".repeat(12));
    desk.startCluster("--no-dashboard");

    assertThat(onRay().exit()).isZero();
    Ran fine = desk.run(NAPS, "doctor", "--ray");
    assertThat(fine.exit()).as(fine.out()).isZero();
    assertThat(fine.out())
        .contains("ok    ray", "ok    worker", "ok    versions", "ok    opens")
        .contains("ok    store", "ok    folders", "ok    clock");

    desk.with("RAY_AUTH_TOKEN", "wrong".repeat(12));
    Ran refused = onRay("--param", "naps=5");
    assertThat(refused.exit()).as(refused.out() + refused.err()).isEqualTo(4);
    assertThat(refused.out()).contains("the token from RAY_AUTH_TOKEN may be wrong");
    Ran ill = desk.run(NAPS, "doctor", "--ray");
    assertThat(ill.exit()).as(ill.out()).isEqualTo(4);
    assertThat(ill.out()).contains("fail  ray", "the token from RAY_AUTH_TOKEN may be wrong");
  }

  /** FAULTS 48: the start of a worker and the wait for a processor are no part of the run. */
  @Test
  @Shows("Fault 48")
  void run_deadlines_thatToStartAndThatToRunAreApart() throws Exception {
    desk.startCluster("--no-dashboard");

    Ran ran =
        desk.run(
            Deadlines.class.getName(), "run", "--console=json", "--executor=ray", "--keep-going");

    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(1);
    assertThat(RayDesk.units(ran.out(), "patient")).hasSize(Deadlines.PATIENT);
    assertThat(ran.out())
        .contains("attempt 1 of 'hasty' did not start within 300 ms")
        .contains("attempt 1 of 'endless' ran longer than its deadline of 700 ms");
  }

  /** FAULTS row 23. */
  @Test
  void run_homeCannotBeWritten_computesWhatIsNewFromWhatTheHomeHolds() throws Exception {
    Files.createFile(notes.resolve(Naps.WAKE));
    desk.startCluster("--no-dashboard");
    Ran first = onRay("--param", "naps=4");
    assertThat(first.exit()).as(first.err()).isZero();
    Path home = folder.resolve(".reprise");
    Files.move(home.resolve("runs"), folder.resolve("runs"));
    Files.writeString(home.resolve("runs"), "in the way");
    Files.move(home.resolve("store/tmp"), folder.resolve("tmp"));
    Files.writeString(home.resolve("store/tmp"), "in the way");

    Ran second = onRay("--param", "naps=6");

    assertThat(second.exit()).as(second.out() + second.err()).isZero();
    assertThat(RayDesk.units(second.out(), "nap")).containsExactlyInAnyOrder(4, 5);
    assertThat(second.out() + second.err()).contains("keeps nothing");
  }

  private Ran onRay(String... options) throws Exception {
    return desk.await(start(options));
  }

  private Running start(String... options) throws Exception {
    return startOn("ray", options);
  }

  private Running startOn(String executor, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("run", "--console=json", "--executor", executor));
    words.addAll(List.of("--param", "notes=" + notes));
    words.addAll(List.of(options));
    return desk.start(NAPS, words.toArray(String[]::new));
  }

  /** How often a nap has begun. */
  private int begun(int nap) throws IOException {
    return Files.readAllLines(notes.resolve(Integer.toString(nap))).size();
  }
}
