package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.api.Value;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.home.HomeOptions;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes of the user's that do not answer. */
class ProbeDeadlineTest {
  @TempDir Path folder;
  private static volatile CountDownLatch gate = new CountDownLatch(0);
  private static volatile CountDownLatch asked = new CountDownLatch(1);
  private static volatile CountDownLatch interrupted = new CountDownLatch(1);
  private static volatile CountDownLatch allAsked = new CountDownLatch(3);
  private static volatile boolean hangsLater;
  private static volatile String outside = "1";
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void forgetBodies() {
    Bodies.take();
    gate = new CountDownLatch(1);
    asked = new CountDownLatch(1);
    interrupted = new CountDownLatch(1);
    allAsked = new CountDownLatch(3);
    hangsLater = false;
    outside = "1";
    SEEN.clear();
  }

  static boolean isDone(String what) throws InterruptedException {
    Bodies.ran("asked");
    gate.await();
    return true;
  }

  static String version(String where) throws InterruptedException {
    Bodies.ran("asked");
    if (!hangsLater) {
      hangsLater = true;
      return "1";
    }
    asked.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
    return "1";
  }

  static String hanging(String where) throws InterruptedException {
    Bodies.ran("asked");
    gate.await();
    return "1";
  }

  static String outside(String where) throws InterruptedException {
    if (outside.equals("hangs")) {
      gate.await();
    } else if (outside.equals("fails")) {
      throw new IllegalStateException("no connection");
    } else if (outside.equals("overflows")) {
      return outside(where);
    } else if (outside.equals("lacks memory")) {
      throw new OutOfMemoryError("no heap");
    }
    return outside;
  }

  /** At first answers; later answers once all three are asked. */
  static String together(String where) throws InterruptedException {
    if (!SEEN.add(where)) {
      allAsked.countDown();
      allAsked.await();
    }
    return "1";
  }

  static String readAll(String a, String b, String c) {
    Bodies.ran("read");
    return a + b + c;
  }

  static void tell() {
    Bodies.ran("tell");
  }

  static String read(String where) {
    Bodies.ran("read");
    return where;
  }

  private static void telling(Pipeline.Builder p) {
    p.doneIf(
        p.step("tell", action(ProbeDeadlineTest::tell)), p.value("x"), ProbeDeadlineTest::isDone);
  }

  private static void observing(Pipeline.Builder p) {
    var source = p.observed("orders", p.value("x"), ProbeDeadlineTest::hanging);
    p.step("read", task(ProbeDeadlineTest::read), source);
    p.step("again", task(ProbeDeadlineTest::read), source);
  }

  @Test
  void doneIf_probeHangs_effectRunsAndTheRunWarns() {
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::telling);
    Ran ran = lab.run("run", "p", "--conf", "probe-timeout=20ms");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(Bodies.take()).containsExactly("asked", "tell");
    assertThat(ran.out() + ran.err())
        .contains(
            "whether 'tell' is done already is not known, so it runs: the probe did not answer")
        .contains("within 20ms; probe-timeout gives it more time");
    assertThat(lab.run("plan", "p", "--conf", "probe-timeout=20ms").out()).contains("RUN");
    gate.countDown();
    assertThat(lab.run("plan", "p").out()).contains("HIT");
  }

  @Test
  void doneIf_stepIsNamedToRunAgain_probeIsNotAsked() {
    gate.countDown();
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::telling);
    for (String option : new String[] {"--rerun", "--rerun-from"}) {
      assertThat(lab.run("plan", "p", option, "tell").out()).contains("RUN");
      assertThat(Bodies.take()).as("plan " + option).isEmpty();
      assertThat(lab.run("run", "p", option, "tell").exit()).isZero();
      assertThat(Bodies.take()).as("run " + option).containsExactly("tell");
    }
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("asked");
  }

  @Test
  void doneIf_submittedByAnInterruptedThread_whatIsDoneIsNotDoneAgain() throws Exception {
    gate.countDown();
    try (Driver driver = Driver.open(HomeOptions.at(folder.resolve("home")), "test")) {
      Pipeline pipeline = Pipeline.define("p", ProbeDeadlineTest::telling);
      Thread.currentThread().interrupt();
      Run run = driver.submit(pipeline, RunOptions.DEFAULT);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
    }
    assertThat(Bodies.take()).containsExactly("asked");
  }

  @Test
  void observed_probeHangs_itsStepsRunWithoutAKeyAndItIsAskedOnce() {
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::observing);
    for (int i = 0; i < 2; i++) {
      Bodies.take();
      Ran ran = lab.run("run", "p", "-v", "--conf", "probe-timeout=200ms");
      assertThat(ran.exit()).as(ran.err()).isZero();
      assertThat(Bodies.take()).containsExactly("asked", "read", "read");
      assertThat(ran.out())
          .contains(
              "KEY_UNAVAILABLE(orders: what version its content has is not known: the probe did")
          .contains("not answer within 200ms");
    }
  }

  @Test
  void observed_probeHangsWhenResultsAreKept_runSucceedsAndTheyAreNot() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p ->
                    p.step(
                        "read",
                        task(ProbeDeadlineTest::read),
                        p.observed("orders", p.value("x"), ProbeDeadlineTest::version)));
    Ran ran = lab.run("run", "p", "--conf", "probe-timeout=2s");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out() + ran.err())
        .contains(
            "not kept: argument orders: what version its content has is not known: the probe did",
            "not answer within 2s")
        .doesNotContain("was changed");
    assertThat(Bodies.take()).containsExactly("asked", "asked", "read");
  }

  @Test
  void observed_severalWhenAResultIsKept_areAskedAtOnce() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p ->
                    p.step(
                        "read",
                        task(ProbeDeadlineTest::readAll),
                        p.observed("orders", p.value("x"), ProbeDeadlineTest::together),
                        p.observed("prices", p.value("y"), ProbeDeadlineTest::together),
                        p.observed("shops", p.value("z"), ProbeDeadlineTest::together)));
    Ran ran = lab.run("run", "p", "--conf", "probe-timeout=10s");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out() + ran.err()).doesNotContain("not kept");
    assertThat(Bodies.take()).containsExactly("read");
    assertThat(lab.run("run", "p", "--conf", "probe-timeout=10s").out()).contains("1 cached");
    assertThat(Bodies.take()).isEmpty();
  }

  private static void observingThree(Pipeline.Builder p) {
    p.step("read", task(ProbeDeadlineTest::read), three(p, "orders"));
    p.step(
        "all",
        task(ProbeDeadlineTest::readAll),
        three(p, "prices"),
        three(p, "shops"),
        p.value("z"));
  }

  private static Value<String> three(Pipeline.Builder p, String name) {
    return p.observed(name, p.value(name), ProbeDeadlineTest::together);
  }

  @Test
  void observed_severalWhenKeysAreMade_areAskedAtOnce() {
    SEEN.addAll(List.of("orders", "prices", "shops")); // so that each waits until all are asked
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::observingThree);
    Ran plan = lab.run("plan", "p", "--conf", "probe-timeout=10s");
    assertThat(plan.out()).contains("0 cached · 2 to run").doesNotContain("KEY_UNAVAILABLE");
    assertThat(lab.run("run", "p", "--conf", "probe-timeout=10s").exit()).isZero();
    assertThat(lab.run("run", "p", "--conf", "probe-timeout=10s").out()).contains("2 cached");
  }

  @Test
  void observed_argumentThatIsLeftOutOfTheKey_isNotAsked() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p ->
                    p.step(
                        "read",
                        task(ProbeDeadlineTest::read).ignoring("where"),
                        p.observed("orders", p.value("x"), ProbeDeadlineTest::hanging)));
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("read");
  }

  @Test
  void timeout_whileAProbeHangsBeforeTheRun_endsTheWaitAndTheRun() {
    CliLab lab =
        new CliLab(folder)
            .with("p", ProbeDeadlineTest::observing)
            .with("q", ProbeDeadlineTest::telling);
    for (String pipeline : List.of("p", "q")) {
      Ran ran = lab.run("run", pipeline, "--conf", "probe-timeout=20s", "--timeout", "300ms");
      assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(9);
      assertThat(ran.err()).contains("the run took longer than its deadline");
      assertThat(Bodies.take()).as("nothing begins").containsOnly("asked");
      assertThat(
              lab.run("plan", pipeline, "--conf", "probe-timeout=20s", "--timeout", "300ms").out())
          .as("a plan, too, waits no longer")
          .contains("RUN");
      Bodies.take();
    }
  }

  private static void loading(Pipeline.Builder p) {
    var source = p.observed("orders", p.value("x"), ProbeDeadlineTest::outside);
    p.step("load", task(ProbeDeadlineTest::read), source);
    p.step("other", task(ProbeDeadlineTest::read), p.value("y"));
  }

  @Test
  void stale_probeGivesNoVersion_stepIsNotKnownSoItRuns() {
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::loading);
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(lab.run("run", "p", "--stale").out()).isEqualTo("nothing is stale or missing\n");
    for (String state : List.of("hangs", "fails", "overflows", "lacks memory", "")) {
      outside = state;
      Bodies.take();
      assertThat(lab.run("plan", "p", "--stale", "--conf", "probe-timeout=100ms").screen())
          .containsPattern("UNKNOWN +load +KEY_UNAVAILABLE\\(orders: what version")
          .contains("1 fresh");
      Ran ran = lab.run("run", "p", "--stale", "-v", "--conf", "probe-timeout=100ms");
      assertThat(ran.exit()).as(ran.err()).isZero();
      assertThat(ran.out()).contains("KEY_UNAVAILABLE(orders: what version");
      assertThat(Bodies.take()).as("load alone").containsExactly("read");
    }
  }

  @Test
  void stale_planUsesUpTheTimeout_endsWithExit9AndNothingRuns() {
    CliLab lab =
        new CliLab(folder)
            .with("p", ProbeDeadlineTest::loading)
            .with("q", ProbeDeadlineTest::telling);
    assertThat(lab.run("run", "p").exit()).isZero();
    outside = "hangs";
    for (String pipeline : List.of("p", "q")) {
      Bodies.take();
      Ran ran =
          lab.run("run", pipeline, "--stale", "--conf", "probe-timeout=20s", "--timeout", "300ms");
      assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(9);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err())
          .contains("error: to find what is stale took longer than the deadline of 300ms");
      assertThat(Bodies.take()).doesNotContain("read", "tell");
    }
  }

  @Test
  void stale_planUsesUpMostOfTheTimeout_runHasTheRest() {
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::loading);
    assertThat(lab.run("run", "p").exit()).isZero();
    outside = "hangs";
    Bodies.take();
    Ran ran = lab.run("run", "p", "--stale", "--conf", "probe-timeout=2s", "--timeout", "3900ms");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(9);
    assertThat(ran.err()).as("the user's own").contains("its deadline of 3900ms");
    assertThat(Bodies.take()).isEmpty();
    Ran shown = lab.run("runs", "retry", "latest", "--conf", "probe-timeout=100ms");
    assertThat(shown.exit()).as(shown.err()).isZero();
    assertThat(Bodies.take()).containsExactly("read");
  }

  @Test
  void submit_probeDoesNotAnswer_listenersHearWhatIsWaitedFor() throws Exception {
    Pipeline pipeline = Pipeline.define("p", ProbeDeadlineTest::observing);
    List<String> heard = new ArrayList<>();
    try (Driver driver = Driver.open(HomeOptions.at(folder.resolve("home")), "test")) {
      Run run =
          driver.submit(
              pipeline,
              RunOptions.DEFAULT,
              new RunListener() {
                @Override
                public void preparing(RunHeader header, List<String> probes, Duration soFar) {
                  heard.add(probes + " " + (soFar.toMillis() >= 1000));
                  gate.countDown();
                }
              });
      assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
    }
    assertThat(heard).containsExactly("[orders] true");
    assertThat(Bodies.take()).contains("read");
  }

  @Test
  void run_probeDoesNotAnswer_consoleTellsWhatIsWaitedFor() {
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::observing);
    String[] late = {"p", "--conf", "probe-timeout=1s"};
    assertThat(lab.run("run", late[0], late[1], late[2]).out())
        .containsPattern("the probe of .orders. does not answer yet, [\\d.]+ s; probe-timeout");
    assertThat(lab.run("run", late[0], late[1], late[2], "--console=json").out())
        .containsPattern(
            "\"event\":\"preparing\",\"run\":\"[0-9a-f-]+\",\"time\":\"[^\"]+\",\"probes\":\\[\"orders\"\\],\"millis\":\\d+\\}");
    assertThat(lab.run("plan", late[0], late[1], late[2]).err())
        .contains("waiting: the probe of 'orders' does not answer yet, ");
  }

  @Test
  void cancel_whileAProbeHangs_endsTheRun() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p ->
                p.step(
                    "read",
                    task(ProbeDeadlineTest::read),
                    p.observed("orders", p.value("x"), ProbeDeadlineTest::version)));
    HomeOptions home = HomeOptions.at(folder.resolve("home")).withProbeTimeout(Duration.ofDays(1));
    try (Driver driver = Driver.open(home, "test")) {
      Run run = driver.submit(pipeline, RunOptions.DEFAULT);
      asked.await();
      run.cancel();
      interrupted.await();
      assertThat(run.await().state()).isEqualTo(RunState.CANCELLED);
    }
  }

  /** It answers when it is planned, and hangs when the result is to be kept. */
  @Test
  void timeout_whileAProbeHangs_endsTheRunAndNothingElseIsBlamed() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p ->
                    p.step(
                        "read",
                        task(ProbeDeadlineTest::read),
                        p.observed("orders", p.value("x"), ProbeDeadlineTest::version)));
    Ran ran = lab.run("run", "p", "-v", "--timeout", "3s", "--conf", "probe-timeout=1h");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(9);
    assertThat(Bodies.take()).containsExactly("asked", "asked", "read");
    assertThat(interrupted.getCount()).as("the probe is ended").isZero();
    assertThat(ran.out() + ran.err())
        .contains("the probe did not answer before its run had to end")
        .doesNotContain("the cache cannot be used", "the index", "the store");
  }

  @Test
  void timeout_whileItIsAskedWhatIsDone_doesNotSayThatAnythingRuns() {
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::telling);
    Ran ran = lab.run("run", "p", "--timeout", "300ms", "--conf", "probe-timeout=1h");
    assertThat(ran.exit()).isEqualTo(9);
    assertThat(Bodies.take()).containsExactly("asked");
    assertThat(ran.out() + ran.err())
        .contains("whether 'tell' is done already is not known: the probe did not answer in the")
        .contains("deadline of 300ms")
        .doesNotContain("so it runs");
  }

  @Test
  void close_whileAProbeOfASubmissionHangs_endsItAndNothingRuns() throws Exception {
    HomeOptions home = HomeOptions.at(folder.resolve("home")).withProbeTimeout(Duration.ofDays(1));
    hangsLater = true;
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              telling(p);
              p.step(
                  "read",
                  task(ProbeDeadlineTest::read),
                  p.observed("orders", p.value("x"), ProbeDeadlineTest::version));
            });
    FutureTask<Run> submission;
    try (Driver driver = Driver.open(home, "test")) {
      submission = new FutureTask<>(() -> driver.submit(pipeline, RunOptions.DEFAULT));
      new Thread(submission).start();
      asked.await();
    }
    interrupted.await();
    assertThatThrownBy(submission::get)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the driver is closed");
    assertThat(Bodies.take()).as("no other is asked, and nothing runs").containsExactly("asked");
  }

  @Test
  void doneIf_ofSeveralEffects_areAskedAtOnce() {
    SEEN.addAll(List.of("x", "y", "z")); // so that each waits until all are asked
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  for (String name : new String[] {"x", "y", "z"}) {
                    p.doneIf(
                        p.step(name, action(ProbeDeadlineTest::tell)),
                        p.value(name),
                        of -> together(of) != null);
                  }
                });
    assertThat(lab.run("run", "p", "--conf", "probe-timeout=10s").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  private static boolean hangs(String what) throws InterruptedException {
    if (what.startsWith("hangs")) {
      gate.await();
    }
    Bodies.ran("answered");
    return true;
  }

  private static void tellingMany(Pipeline.Builder p, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      p.doneIf(
          p.step(prefix + i, action(ProbeDeadlineTest::tell)),
          p.value(prefix + i),
          ProbeDeadlineTest::hangs);
    }
  }

  @Test
  void doneIf_sixteenOthersHang_whatIsDoneIsNotDoneAgain() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  tellingMany(p, "first", 3);
                  tellingMany(p, "hangs", 16);
                  tellingMany(p, "last", 3);
                });
    Ran ran = lab.run("run", "p", "--conf", "probe-timeout=500ms");
    assertThat(ran.exit()).as(ran.err()).isZero();
    List<String> bodies = Bodies.take();
    assertThat(bodies).filteredOn("answered"::equals).as("all six are asked").hasSize(6);
    assertThat(bodies).filteredOn("tell"::equals).as("those that hang run").hasSize(16);
    assertThat(ran.out()).contains("6 from memo");
  }

  private static boolean refusesTheSeventeenth(CountDownLatch seventeen, AtomicInteger open)
      throws InterruptedException {
    if (open.incrementAndGet() > 16) {
      throw new IllegalStateException("the pool has no more connections");
    }
    seventeen.countDown();
    assertThat(seventeen.await(200, TimeUnit.MILLISECONDS)).isIn(true, false);
    open.decrementAndGet();
    return true;
  }

  @Test
  void doneIf_ofManyEffects_asksNoMoreAtATimeThanAServiceStands() {
    CountDownLatch seventeen = new CountDownLatch(17);
    AtomicInteger open = new AtomicInteger();
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  for (int i = 0; i < 100; i++) {
                    var value = p.value("x" + i);
                    p.doneIf(
                        p.step("s" + i, action(ProbeDeadlineTest::tell)),
                        value,
                        of -> refusesTheSeventeenth(seventeen, open));
                  }
                });
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void limit_thatIsNone_isRefused() {
    CliLab lab = new CliLab(folder).with("p", ProbeDeadlineTest::telling);
    for (String bad : new String[] {"0s", "-1s", "soon"}) {
      Ran ran = lab.run("run", "p", "--conf", "probe-timeout=" + bad);
      assertThat(ran.exit()).isEqualTo(2);
      assertThat(ran.err()).contains("probe-timeout", "a duration of more than 0");
    }
    assertThatThrownBy(() -> HomeOptions.at(folder).withProbeTimeout(Duration.ZERO))
        .hasMessageContaining("must be positive");
    assertThat(lab.run("doctor", "--show-config").out()).contains("probe-timeout");
  }
}
