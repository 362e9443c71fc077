package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.api.ClockedDriver;
import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.graph.PipelineException;
import dev.reprise.home.GcOptions;
import dev.reprise.home.HomeOptions;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunState;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.NamedCache;
import dev.reprise.task.Task1;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ArgoTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
  }

  @TempDir Path folder;

  private static final AtomicInteger COUNT = new AtomicInteger();

  static int next(String of) {
    Bodies.ran("next");
    return COUNT.incrementAndGet();
  }

  private static Pipeline counting(UnaryOperator<Task1<String, Integer>> how) {
    return Pipeline.define(
        "p", p -> p.result("n", p.step("n", how.apply(task(ArgoTest::next)), p.value("x"))));
  }

  @Test
  @Shows("Argo 4")
  void maxAge_olderEntry_isIgnoredThenReplacedAndABadDurationIsRefused() throws Exception {
    ManualClock clock = new ManualClock();
    UnaryOperator<Task1<String, Integer>> tenSeconds = task -> task.maxAge(Duration.ofSeconds(10));
    try (Driver driver = ClockedDriver.open(folder.resolve("home"), clock)) {
      assertThat(Bodies.of(driver, counting(tenSeconds))).hasSize(1);
      clock.advance(Duration.ofSeconds(9));
      assertThat(Bodies.of(driver, counting(tenSeconds))).isEmpty();
      clock.advance(Duration.ofSeconds(2));
      assertThat(Bodies.of(driver, counting(tenSeconds))).hasSize(1);
      clock.advance(Duration.ofSeconds(9));
      assertThat(Bodies.of(driver, counting(tenSeconds))).as("the new one").isEmpty();
      Run last = driver.submit(counting(task -> task));
      last.await();
      assertThat(last.result("n", Integer.class)).isEqualTo(COUNT.get());

      UnaryOperator<Task1<String, Integer>> aDay =
          task -> task.version("ttl").ttl(Duration.ofDays(1));
      assertThat(Bodies.of(driver, counting(aDay))).hasSize(1);
      clock.advance(Duration.ofHours(23));
      assertThat(Bodies.of(driver, counting(aDay))).isEmpty();
      clock.advance(Duration.ofHours(2));
      assertThat(Bodies.of(driver, counting(aDay))).hasSize(1);
    }
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> counting(task -> task.maxAge(Duration.ofSeconds(-1))))
        .withMessageContaining("maximum age must not be negative: PT-1S");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> counting(task -> task.ttl(Duration.ZERO)))
        .withMessageContaining("time to live must be positive: PT0S");
  }

  @Test
  @Shows("Argo 5")
  void maxAge_none_neverExpires() throws Exception {
    ManualClock clock = new ManualClock();
    try (Driver driver = ClockedDriver.open(folder.resolve("home"), clock)) {
      assertThat(Bodies.of(driver, counting(task -> task))).hasSize(1);
      clock.advance(Duration.ofDays(365_000));
      assertThat(Bodies.of(driver, counting(task -> task))).isEmpty();
    }
  }

  static void tell(String text) {
    Bodies.ran("tell " + text);
  }

  static @Nullable String nothing(String text) {
    Bodies.ran("nothing");
    return null;
  }

  @Test
  @Shows({"Argo 6", "Fault 53", "Fault 65"})
  void stepWithoutOutput_thatOptsIn_runsOnce() {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.step("kept", action(ArgoTest::tell).cached(), p.value("kept"));
              p.step("not-kept", action(ArgoTest::tell), p.value("not kept"));
              p.step("nothing", task(ArgoTest::nothing), p.value("x"));
            });
    assertThat(Bodies.of(reprise.driver(), pipeline))
        .containsExactly("nothing", "tell kept", "tell not kept");
    assertThat(Bodies.of(reprise.driver(), pipeline)).containsExactly("tell not kept");
  }

  private static final int LARGE = 24 << 20;

  static byte[] large(String of) {
    Bodies.ran("large");
    byte[] bytes = new byte[LARGE];
    Arrays.fill(bytes, (byte) of.charAt(0));
    return bytes;
  }

  static int length(byte[] bytes) {
    Bodies.ran("length");
    return bytes.length;
  }

  @Test
  @Shows("Argo 8")
  void output_ofManyMegabytes_isKeptInTheStoreAndTheIndexHasAReference() throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var large = p.step("large", task(ArgoTest::large), p.value("a"));
              p.result("length", p.step("length", task(ArgoTest::length), large));
            });
    assertThat(Bodies.of(reprise.driver(), pipeline)).containsExactly("large", "length");
    assertThat(Bodies.of(reprise.driver(), pipeline)).isEmpty();
    TestedRun run = reprise.run(pipeline);
    assertThat(run.run().result("length", Integer.class)).isEqualTo(LARGE);
    assertThat(bytesBelow(reprise.home().resolve("store"))).isGreaterThanOrEqualTo(LARGE);
    assertThat(bytesBelow(reprise.home().resolve("index"))).isLessThan(LARGE / 4);
  }

  private static long bytesBelow(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".log")) { // reserved, mostly empty
          sum += Files.size(file);
        }
      }
      return sum;
    }
  }

  static String slow(String text) {
    Bodies.ran("slow " + text);
    return text;
  }

  private static Pipeline slow(int pipeline) {
    return Pipeline.define(
        "p" + pipeline,
        p -> {
          for (int i = 0; i < 5; i++) {
            p.step("s" + i, task(ArgoTest::slow), p.value(pipeline + "/" + i));
          }
        });
  }

  @Test
  @Shows("Argo 14")
  void writers_severalAtOnceInOneDriverAndInTwoInTurn_loseNoEntry() throws Exception {
    Bodies.take();
    HomeOptions options = HomeOptions.at(folder.resolve("home"));
    CountDownLatch waits = new CountDownLatch(1);
    FutureTask<RunState> second =
        new FutureTask<>(
            () -> {
              HomeOptions waiting =
                  options.withLockTimeout(Duration.ofMinutes(1), holder -> waits.countDown());
              try (Driver driver = Driver.open(waiting, "second")) {
                return driver.submit(slow(8)).await().state();
              }
            });
    try (Driver driver = Driver.open(options, "first")) {
      Thread other = new Thread(second, "second driver");
      other.start();
      waits.await();
      List<Run> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        runs.add(driver.submit(slow(i)));
      }
      for (Run run : runs) {
        assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
      }
    }
    assertThat(second.get()).isEqualTo(RunState.SUCCEEDED);
    assertThat(Bodies.take()).hasSize(45);
    try (Driver driver = Driver.open(options, "third")) {
      for (int i = 0; i < 9; i++) {
        assertThat(driver.submit(slow(i)).await().outcomes()).containsEntry(Outcome.CACHED, 5);
      }
    }
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  @Shows("Argo 10")
  void store_folderOfSomethingElse_isRefusedAndLeftAlone() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("slow", task(ArgoTest::slow), p.value("x")));
    Path photos = Files.createDirectory(folder.resolve("photos"));
    Files.writeString(photos.resolve("cat.jpg"), "a cat");
    Bodies.take();

    Ran ran = lab.run("run", "p", "--store", "photos");
    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .contains("is not a result store (it has no file 'reprise-store') and is not empty");
    assertThat(lab.run("run", "p", "--store", "photos").exit()).isZero();
    assertThat(Bodies.take()).as("it is not used").hasSize(2);
    assertThat(lab.run("run", "p", "--store", "photos", "--cache=require").exit()).isEqualTo(5);
    assertThat(lab.run("cache", "clear", "--yes", "--store", "photos").exit()).isNotZero();

    try (Stream<Path> left = Files.list(photos)) {
      assertThat(left).containsExactly(photos.resolve("cat.jpg"));
    }
  }

  static String shout(String text) {
    Bodies.ran("shout");
    return text + "!";
  }

  @Test
  @Shows("Argo 18")
  void policy_ofAWholePipeline_countsForTasksThatDoNotOptOut() throws Exception {
    ManualClock clock = new ManualClock();
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              p.step("usual", task(ArgoTest::shout), p.value("a"));
              p.step("out", task(ArgoTest::next).uncached(), p.value("a"));
              p.step("own", task(ArgoTest::shout).maxAge(Duration.ofDays(9)), p.value("b"));
              p.nested(
                  "inner",
                  inner -> {
                    inner.policy(CachePolicy.DEFAULT.withMaxAge(Duration.ofDays(5)));
                    return inner.step("usual", task(ArgoTest::shout), inner.value("c"));
                  });
              p.policy(CachePolicy.DEFAULT.withMaxAge(Duration.ofDays(1)).withVersion("7"));
            });
    try (Driver driver = ClockedDriver.open(folder.resolve("home"), clock)) {
      assertThat(Bodies.of(driver, pipeline)).containsExactly("next", "shout", "shout", "shout");
      assertThat(Bodies.of(driver, pipeline)).containsExactly("next");
      clock.advance(Duration.ofDays(2));
      assertThat(Bodies.of(driver, pipeline)).as("usual").containsExactly("next", "shout");
      clock.advance(Duration.ofHours(80));
      assertThat(Bodies.of(driver, pipeline))
          .as("usual and inner")
          .containsExactly("next", "shout", "shout");
    }
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          p.policy(CachePolicy.OFF);
          p.step("off", task(ArgoTest::shout), p.value("a"));
          p.step("in", task(ArgoTest::shout).cached(), p.value("b"));
        });
    Bodies.take();
    lab.run("run", "p");
    lab.run("run", "p");
    assertThat(Bodies.take()).containsExactly("shout", "shout", "shout");
    assertThat(lab.run("plan", "p", "-v").out())
        .contains("DISABLED(by the pipeline)", "enabled true (task)", "enabled false (pipeline)");
    assertThat(lab.run("plan", "p", "--output", "json").out().replaceAll("\\s+", ""))
        .contains("\"policy\":[{\"option\":\"enabled\",\"value\":\"true\",\"from\":\"task\"}]");
  }

  @Test
  void policy_ofAPipelineAboutOneFunction_isRefused() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p -> {
                      p.policy(CachePolicy.DEFAULT.withIgnored(List.of("text")));
                      p.step("s", task(ArgoTest::shout), p.value("a"));
                    }))
        .withMessageContaining("the pipeline says 'ignored' of all its steps")
        .withMessageContaining("say it of the task");
  }

  private static final NamedCache PRICES = new NamedCache("prices");
  private static final NamedCache OTHERS = new NamedCache("others");

  enum Unit {
    KILO,
    POUND
  }

  static String price(String symbol, int day, Unit unit) {
    Bodies.ran("price");
    return symbol + " " + day;
  }

  static String quote(String symbol, int day) {
    Bodies.ran("quote");
    return symbol + " " + day + " quoted";
  }

  private static Pipeline prices(String key, String symbol, int day, Unit unit) {
    return Pipeline.define(
        "p",
        p ->
            p.step(
                "price",
                task(ArgoTest::price).keptIn(PRICES, key),
                p.value(symbol),
                p.value(day),
                p.value(unit)));
  }

  private List<String> bodies(Pipeline pipeline) {
    return Bodies.of(reprise.driver(), pipeline);
  }

  @Test
  @Shows("Argo 1")
  void writtenKey_ofInputsOrAlwaysTheSame_decidesAlone() throws Exception {
    String both = "price-{symbol}/{day}";
    assertThat(bodies(prices(both, "ACME", 1, Unit.KILO))).hasSize(1);
    assertThat(bodies(prices(both, "ACME", 1, Unit.POUND))).as("not in the key").isEmpty();
    assertThat(bodies(prices(both, "ACME", 2, Unit.KILO))).hasSize(1);
    assertThat(bodies(prices(both, "EMCA", 1, Unit.KILO))).hasSize(1);
    assertThat(bodies(prices("price-ACME/{day}", "x", 2, Unit.KILO))).as("one text").isEmpty();
    assertThat(bodies(prices("{unit}", "x", 2, Unit.POUND))).hasSize(1);
    assertThat(bodies(prices("KILO", "x", 3, Unit.KILO))).as("always the same").hasSize(1);
    assertThat(bodies(prices("KILO", "y", 4, Unit.POUND))).isEmpty();

    Pipeline each =
        Pipeline.define(
            "p",
            p -> {
              var days = p.fanOut("days", task(ArgoTest::days), p.value(3));
              p.perPartition(
                  "quote",
                  task(ArgoTest::ofDay).keptIn(PRICES, "{symbol}-{day}"),
                  days,
                  p.value("A"));
            });
    assertThat(bodies(each)).containsExactly("quote", "quote", "quote");
    assertThat(bodies(each)).isEmpty();
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                reprise.run(
                    Pipeline.define(
                        "p",
                        p -> {
                          var days = p.fanOut("days", task(ArgoTest::days), p.value(3));
                          var quote = task(ArgoTest::ofDay).keptIn(PRICES, "{symbol}");
                          p.perPartition("quote", quote, days, p.value("A"));
                        })))
        .withMessageContaining(
            "all its partitions would have one key, '{symbol}' of cache 'prices'");

    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p ->
            p.step(
                "quote",
                task(ArgoTest::quote).keptIn(PRICES, "{symbol}-{day}"),
                p.value("A"),
                p.param("day", 1)));
    lab.run("run", "p");
    assertThat(lab.run("plan", "p", "-v").out()).contains("key prices: {symbol}-{day} (task)");
    assertThat(lab.run("plan", "p", "--param", "day=2").out()).contains("ARG_CHANGED(key)");
    assertThat(lab.run("why", "quote", "-v").out()).contains("cache prices", "A-1");
  }

  static String ofDay(int day, String symbol) {
    return quote(symbol, day);
  }

  static List<Integer> days(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @Test
  @Shows("Argo 2")
  void namedCache_sharedByTasks_entriesAreApartByKeyAndByCache() {
    assertThat(bodies(quotes(PRICES, "a-{symbol}", PRICES, "a-{symbol}"))).hasSize(1);
    assertThat(bodies(quotes(PRICES, "a-{symbol}", PRICES, "b-{symbol}"))).hasSize(1);
    assertThat(bodies(quotes(PRICES, "a-{symbol}", OTHERS, "a-{symbol}"))).hasSize(1);
    assertThat(bodies(quotes(OTHERS, "a-{symbol}", OTHERS, "b-{symbol}"))).hasSize(1);
    assertThat(bodies(quotes(OTHERS, "a-{symbol}", PRICES, "b-{symbol}"))).isEmpty();
  }

  static String quoteAgain(String symbol, int day) {
    Bodies.ran("again");
    return symbol + " " + day + " quoted again";
  }

  private static Pipeline quotes(NamedCache first, String key, NamedCache second, String other) {
    return Pipeline.define(
        "p",
        p -> {
          var one = task(ArgoTest::quote).keptIn(first, key);
          var two = task(ArgoTest::quoteAgain).keptIn(second, other);
          p.step("one", one, p.value("ACME"), p.value(1));
          p.step("two", two, p.value("ACME"), p.value(1));
        });
  }

  @Test
  @Shows("Argo 3")
  void writtenKey_badCharacters_isRefusedWithTheKeyAsItCameOut() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(prices("price-{symbol}-{day}", "a b", 7, Unit.KILO)))
        .withMessageContaining(
            "step 'price': key 'price-a b-7' of cache 'prices', from 'price-{symbol}-{day}', holds ' '");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(prices("{symbol}", "{day}", 7, Unit.KILO)))
        .withMessageContaining("key '{day}' of cache 'prices', from '{symbol}', holds '{'");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(prices("{symbol}", "x".repeat(251), 7, Unit.KILO)))
        .withMessageContaining("has 251 characters; use 1 to 250");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(prices("{symbol}", "", 7, Unit.KILO)))
        .withMessageContaining("has 0 characters");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> reprise.run(prices("{simbol}", "a", 7, Unit.KILO)))
        .withMessageContaining("'simbol', which it does not have")
        .withMessageContaining("'symbol'");
    for (String bad : List.of("price-{symbol", "price-symbol}", "{a{b}", "")) {
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(() -> prices(bad, "a", 1, Unit.KILO));
    }
    for (String bad : List.of("", "a b", "a/b", "x".repeat(101))) {
      assertThatIllegalArgumentException().isThrownBy(() -> new NamedCache(bad));
    }
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p ->
            p.step(
                "quote",
                task(ArgoTest::quote).keptIn(PRICES, "{symbol}"),
                p.param("symbol", "a"),
                p.value(1)));
    CliLab.Ran bad = lab.run("plan", "p", "--param", "symbol=a b");
    assertThat(bad.exit()).isEqualTo(3);
    assertThat(bad.err()).contains("key 'a b' of cache 'prices'");
  }

  @Test
  @Shows("Argo 13")
  void entries_notHitForSomeTime_areCollectedOncePerPeriodOrNot() throws Exception {
    ManualClock clock = new ManualClock();
    GcOptions weekly = GcOptions.NONE.withMaxAge(Duration.ofDays(7), Duration.ofDays(1));
    Pipeline hit = prices("hit", "A", 1, Unit.KILO);
    Pipeline unhit = prices("unhit", "A", 1, Unit.KILO);
    Pipeline later = prices("later", "A", 1, Unit.KILO);
    assertThat(with(weekly, clock, hit)).hasSize(1);
    assertThat(with(weekly, clock, unhit)).hasSize(1);
    clock.advance(Duration.ofDays(4));
    assertThat(with(weekly, clock, hit)).isEmpty();
    clock.advance(Duration.ofDays(4));
    assertThat(with(GcOptions.NONE, clock, later)).as("switched off").hasSize(1);
    assertThat(entries()).isEqualTo(3);
    assertThat(with(weekly, clock, later)).isEmpty();
    assertThat(entries()).as("one was not hit for 8 days").isEqualTo(2);
    assertThat(with(weekly, clock, hit)).as("hit 4 days ago").isEmpty();

    assertThat(with(GcOptions.NONE, clock, unhit)).as("was collected").hasSize(1);
    GcOptions hourly = GcOptions.NONE.withMaxAge(Duration.ofHours(1), Duration.ofDays(1));
    clock.advance(Duration.ofHours(12));
    assertThat(with(hourly, clock, hit)).isEmpty();
    assertThat(entries()).as("the day is not over").isEqualTo(3);
    clock.advance(Duration.ofHours(13));
    assertThat(with(hourly, clock, hit)).isEmpty();
    assertThat(entries()).isEqualTo(1);
    CliLab lab = new CliLab(folder);
    lab.with("p", p -> p.step("s", task(ArgoTest::shout), p.value("a")));
    CliLab.Ran bad = lab.run("run", "p", "--conf", "gc.every=0s");
    assertThat(bad.exit()).isEqualTo(2);
    assertThat(bad.err()).contains("'gc.every' cannot be '0s'");
  }

  private List<String> with(GcOptions gc, ManualClock clock, Pipeline pipeline) throws Exception {
    HomeOptions options = HomeOptions.at(folder.resolve("home")).withGc(gc);
    try (Driver driver = ClockedDriver.open(options, clock)) {
      return Bodies.of(driver, pipeline);
    }
  }

  private int entries() {
    CliLab lab = new CliLab(folder);
    String json = lab.run("cache", "ls", "--home", "home", "--output", "json").out();
    return (int) json.lines().filter(line -> line.contains("\"key\"")).count();
  }

  static byte[] bulky(String from) {
    Bodies.ran("large");
    return new byte[100_000];
  }

  @Test
  @Shows("Argo 9")
  void entry_fromOutside_isListedShownEditedAndDeleted() {
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          p.step("small", task(ArgoTest::shout), p.value("a"));
          p.step("large", task(ArgoTest::bulky), p.value("a"));
        });
    lab.run("run", "p");
    String made = field(lab.run("runs", "show", "latest", "--output", "json").out(), "run");
    for (String step : List.of("small", "large")) {
      String listed = lab.run("cache", "ls", "--step", step, "--output", "json").out();
      String key = field(listed, "key");
      String first = lab.run("cache", "show", key, "--output", "json").out();
      assertThat(field(first, "run")).as("producing run").isEqualTo(made);
      assertThat(field(first, "step")).isEqualTo(step);
      assertThat(field(first, "user")).as("who").isEqualTo(System.getProperty("user.name"));
      assertThat(field(first, "expires")).isEqualTo("null");
      assertThat(first).as("outputs").contains("\"parts\"", "\"bytes\"", "\"codec\"");
      Bodies.take();
      lab.run("run", "p");
      String hit = lab.run("cache", "show", key, "--output", "json").out();
      assertThat(Instant.parse(field(hit, "last_used")))
          .as("last hit")
          .isAfter(Instant.parse(field(first, "last_used")));
      assertThat(field(hit, "created")).isEqualTo(field(first, "created"));

      String edited = lab.run("cache", "edit", key, "--expires", "7d", "--output", "json").out();
      String shown = lab.run("cache", "show", key, "--output", "json").out();
      assertThat(field(shown, "expires")).isEqualTo(field(edited, "expires")).startsWith("20");
      lab.run("run", "p");
      assertThat(Bodies.take()).as("is not expired yet").isEmpty();
      lab.run("cache", "edit", key.substring(0, 12), "--expires", "0s");
      if (step.equals("large")) {
        assertThat(lab.run("cache", "rebuild", "--anew").exit()).isZero();
      }
      lab.run("run", "p");
      assertThat(Bodies.take())
          .as("has expired, also after a rebuild")
          .contains(step.equals("large") ? "large" : "shout");
      lab.run("cache", "edit", key, "--expires", "never");
      assertThat(field(lab.run("cache", "show", key, "--output", "json").out(), "expires"))
          .isEqualTo("null");
      assertThat(lab.run("cache", "evict", "--key", key).out()).startsWith("removed 1 entry");
      assertThat(lab.run("cache", "show", key).exit()).isEqualTo(2);
      lab.run("run", "p");
    }
    for (String bad : List.of("soon", "-1d", "")) {
      CliLab.Ran ran = lab.run("cache", "edit", "00", "--expires", bad);
      assertThat(ran.exit()).as(bad).isEqualTo(2);
      assertThat(ran.err()).contains("is no time; write 90m, 7d or never");
    }
    assertThat(lab.run("cache", "edit", "0123456789", "--expires", "1d").exit()).isEqualTo(2);
    assertThat(lab.run("cache", "edit", "0123456789").exit()).isEqualTo(2);
  }

  private static String field(String json, String name) {
    return json.replaceFirst("(?s).*?\"" + name + "\" : \"?([^\",\n]+)\"?,?\n.*", "$1");
  }
}
