package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.run.CacheMode;
import dev.reprise.run.PartitionChoice.UnknownPartitionException;
import dev.reprise.run.ResumeException;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of some partitions of a source alone. */
class PartitionsTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  private static volatile String broken = "";
  private Path data;
  private CliLab lab;

  @BeforeEach
  void prepare() throws IOException {
    broken = "";
    data = folder.resolve("data");
    for (int month = 1; month <= 5; month++) {
      write("month=2001-0" + month + "/a.csv", "m" + month);
    }
    write("codes/x.txt", "codes");
    lab = new CliLab(folder).with("flights", this::define);
    Bodies.take();
  }

  private void write(String name, String text) throws IOException {
    Path file = data.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  static String codes(List<Path> files) throws IOException {
    Bodies.ran("codes");
    return Files.readString(files.get(0));
  }

  static String clean(Path file) throws IOException {
    String text = Files.readString(file);
    Bodies.ran("clean " + text);
    if (text.equals(broken)) {
      throw new IllegalStateException("no flights in " + text);
    }
    return text;
  }

  static String join(String clean, String codes) {
    Bodies.ran("join " + clean);
    return clean + "+" + codes;
  }

  static String window(List<String> months) {
    Bodies.ran("window " + String.join(",", months));
    return String.join(",", months);
  }

  static String sum(List<String> parts) {
    Bodies.ran("sum");
    return parts.stream().sorted().collect(joining(";"));
  }

  static List<String> report(List<String> all) {
    Bodies.ran("report");
    return all;
  }

  static String line(String of) {
    Bodies.ran("line " + of);
    return "<" + of + ">";
  }

  private void define(Pipeline.Builder p) {
    var flights = p.files("flights", data, "month=*/*.csv");
    var codes =
        p.step("codes", task(PartitionsTest::codes), p.files("codes-file", data, "codes/*").all());
    var clean = p.perPartition("clean", task(PartitionsTest::clean), flights);
    var join = p.perPartition("join", task(PartitionsTest::join), clean, codes);
    p.result("joined", join);
    p.result(
        "window",
        p.perPartition(
            "window",
            task(PartitionsTest::window),
            clean.gather((i, count) -> i == 0 ? new int[] {0} : new int[] {i - 1, i})));
    p.result("sum", p.combine("sum", 2, task(PartitionsTest::sum), join));
    var lines = p.fanOut("report", task(PartitionsTest::report), clean.all());
    p.result("lines", p.perPartition("line", task(PartitionsTest::line), lines));
  }

  private Pipeline pipeline() {
    return Pipeline.define("flights", this::define);
  }

  private static RunOptions of(String... partitions) {
    return RunOptions.DEFAULT.withPartitions(Set.of(partitions));
  }

  private List<String> bodies(RunOptions options) {
    return Bodies.of(reprise.driver(), pipeline(), options);
  }

  static List<String> kinds(String of) {
    return of.isEmpty() ? List.of() : List.of(of.split(","));
  }

  /** Nothing of what is left out is needed for none, whenever it is known that there are none. */
  @Test
  void run_ofStepWithoutUnitsSomethingIsLeftOut_whatTakesAllOfItRuns() {
    lab.with(
        "kinds",
        p -> {
          var whole =
              p.step(
                  "whole", task(PartitionsTest::codes), p.files("f", data, "month=*/*.csv").all());
          var kinds = p.fanOut("kinds", task(PartitionsTest::kinds), p.param("kinds", ""));
          var join = p.perPartition("join", task(PartitionsTest::join), kinds, whole);
          p.result("sum", p.step("sum", task(PartitionsTest::sum), join.all()));
        });
    String[] some = {"run", "kinds", "--partitions", "month=2001-01"};
    assertThat(lab.run(some).out()).contains("2 ran").contains("1 skipped");
    assertThat(Bodies.take()).containsExactly("sum");
    assertThat(lab.run(some).out()).contains("2 cached");
    assertThat(lab.run(some[0], some[1], some[2], some[3], "-p", "kinds=a,b").out())
        .contains("1 ran", "4 skipped");
    assertThat(Bodies.take()).as("of two there is none that can be joined").isEmpty();
  }

  @Test
  void run_someMonths_runsTheirUnitsAloneAndTheFullRunFindsThem() throws Exception {
    assertThat(bodies(of("month=2001-02", "month=2001-03")))
        .containsExactly("clean m2", "clean m3", "codes", "join m2", "join m3", "window m2,m3");
    assertThat(bodies(of("month=2001-02", "month=2001-03"))).isEmpty();
    assertThat(bodies(of("month=2001-03", "month=2001-04")))
        .as("of the tree what has all that it takes")
        .containsExactly("clean m4", "join m4", "sum", "window m3,m4");

    List<String> rest = bodies(RunOptions.DEFAULT);

    assertThat(rest)
        .contains("clean m1", "clean m5", "report", "window m1", "window m1,m2", "window m4,m5")
        .contains("line m1", "line m5")
        .doesNotContain("clean m2", "clean m3", "clean m4", "join m3", "window m2,m3", "codes");
    assertThat(bodies(RunOptions.DEFAULT)).isEmpty();
    assertThat(results(RunOptions.DEFAULT)).isEqualTo(results(withoutCache()));
    assertThat(
            bodies(
                of(
                    "month=2001-01",
                    "month=2001-02",
                    "month=2001-03",
                    "month=2001-04",
                    "month=2001-05")))
        .as("all of them are an ordinary run")
        .isEmpty();
  }

  private static RunOptions withoutCache() {
    return RunOptions.DEFAULT.withCache(CacheMode.OFF);
  }

  private List<Object> results(RunOptions options) throws Exception {
    Run run = reprise.driver().submit(pipeline(), options);
    assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
    List<Object> results = new ArrayList<>();
    for (String name : List.of("joined", "window", "lines")) {
      results.add(run.result(name, List.class));
    }
    results.add(run.result("sum", String.class));
    return results;
  }

  @SeededTest(seeds = 12)
  void run_anyPartitionsOfAnyData_neverChangeWhatAFullRunGives(Random random) throws Exception {
    for (int round = 0; round < 4; round++) {
      write("month=2001-0" + (1 + random.nextInt(5)) + "/a.csv", "m" + random.nextInt(3));
      Set<String> some = new HashSet<>();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        some.add("month=2001-0" + (1 + random.nextInt(5)));
      }
      CacheMode mode = random.nextInt(3) == 0 ? CacheMode.REFRESH : CacheMode.ON;
      bodies(RunOptions.DEFAULT.withPartitions(some).withCache(mode));
      if (random.nextBoolean()) {
        assertThat(results(RunOptions.DEFAULT)).isEqualTo(results(withoutCache()));
      }
    }
    assertThat(results(RunOptions.DEFAULT)).isEqualTo(results(withoutCache()));
  }

  @Test
  void run_onTheCommandLine_tellsWhatCameOfEachPartitionAndWhatWasLeft() {
    lab.run("run", "flights", "--partitions", "month=2001-01");
    Bodies.take();

    Ran planned = lab.run("plan", "flights", "--partitions", "month=2001-01..2001-02");
    assertThat(planned.exit()).isZero();
    assertThat(planned.out())
        .contains("month=2001-01   3 cached · 0 to run\n")
        .contains("month=2001-02   0 cached · 1 to run · 2 unknown\n")
        .contains("NOT_SELECTED(3 of 5 partitions of 'flights' are left out)");
    assertThat(
            lab.run("plan", "flights", "--partitions", "month=2001-01", "--output", "json")
                .out()
                .replaceAll("\\s+", ""))
        .contains(
            "\"partitions\":[{\"partition\":\"month=2001-01\",\"decisions\":{\"HIT\":3,\"RUN\":0,");
    assertThat(Bodies.take()).isEmpty();

    Ran ran = lab.run("run", "flights", "--partitions", "month=2001-01..2001-02");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .contains("month=2001-01   3 cached · 0 ran · 0 failed\n")
        .contains("month=2001-02   0 cached · 3 ran · 0 failed\n")
        .contains("3 of 5 partitions of 'flights' are left out")
        .doesNotContain("month=2001-03   ");
    Ran json = lab.run("run", "flights", "--partitions", "month=2001-01,2001-02", "--console=json");
    assertThat(json.out())
        .contains("\"event\":\"partitions\"", "\"partition\":\"month=2001-02\"", "\"CACHED\":3");
    assertThat(json.lastLine()).contains("\"event\":\"run\"");
    assertThat(lab.run("runs", "show").out())
        .containsPattern("partitions +month=2001-01, month=2001-02\n");
    assertThat(lab.run("runs", "show", "--output", "json").out())
        .contains("\"partitions\" : [ \"month=2001-01\", \"month=2001-02\" ]");
    assertThat(lab.run("run", "flights").out()).doesNotContain("month=2001-01   ");
    assertThat(lab.run("run", "--help").out()).contains("--partitions");
  }

  @Test
  void run_onePartitionFails_othersAreKeptAndRetryRunsItsRestAlone() {
    broken = "m2";
    Ran ran = lab.run("run", "flights", "--partitions", "month=2001-01..2001-03", "--keep-going");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out())
        .contains("month=2001-01   0 cached · 3 ran · 0 failed\n")
        .contains("month=2001-02   0 cached · 0 ran · 1 failed · 2 skipped\n")
        .contains("month=2001-03   0 cached · 2 ran · 0 failed · 1 skipped\n");
    broken = "";
    Bodies.take();

    Ran retried = lab.run("runs", "retry", "latest");

    assertThat(retried.exit()).as(retried.err()).isZero();
    assertThat(Bodies.take())
        .as("and not the whole")
        .containsExactly("clean m2", "join m2", "sum", "window m1,m2", "window m2,m3");
    assertThat(lab.run("run", "flights", "--resume", "latest").exit()).isZero();
    assertThat(Bodies.take()).contains("clean m4", "report").doesNotContain("clean m2");
  }

  @Test
  void run_withOtherOptions_partitionsAndTheyBothHold() {
    assertThat(bodies(of("month=2001-02").withOnly(Set.of("clean")))).containsExactly("clean m2");
    assertThat(bodies(of("month=2001-02", "month=2001-03").withUpTo(Set.of("join"))))
        .containsExactly("clean m3", "codes", "join m2", "join m3");
    assertThat(bodies(of("month=2001-02").withRerun(Set.of("clean")))).containsExactly("clean m2");
    assertThat(bodies(of("month=2001-02").withRerunFrom(Set.of("join"))))
        .containsExactly("join m2");
    assertThat(bodies(of("month=2001-02").withCache(CacheMode.REFRESH)))
        .containsExactly("clean m2", "codes", "join m2");
    assertThat(bodies(of("month=2001-02").withCache(CacheMode.OFF)))
        .containsExactly("clean m2", "codes", "join m2");
    assertThat(bodies(of("month=2001-04").withCache(CacheMode.READ)))
        .containsExactly("clean m4", "join m4");
    assertThat(bodies(of("month=2001-04").withCache(CacheMode.REQUIRE)))
        .containsExactly("clean m4", "join m4");
    Bodies.take();
    String[] stale = {"run", "flights", "--partitions", "month=2001-05", "--stale"};
    assertThat(lab.run(stale).exit()).isZero();
    assertThat(Bodies.take()).contains("clean m5", "join m5");
    assertThat(lab.run(stale).out()).isEqualTo("nothing is stale or missing\n");
  }

  @Test
  void run_namedStepIsLeftOutWhole_isRefused() throws Exception {
    for (String option : List.of("--only", "--rerun", "--rerun-from")) {
      for (String step : List.of("report", "line")) {
        for (String command : List.of("run", "plan")) {
          Ran ran =
              lab.run(command, "flights", "--partitions", "month=2001-02", option, "clean," + step);
          assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
          assertThat(ran.err())
              .contains(
                  "%s %s would run nothing: step '%s' takes what --partitions leaves out (4 of 5"
                          .formatted(option, step, step)
                      + " partitions of 'flights' are left out); leave out --partitions");
        }
      }
    }
    assertThat(Bodies.take()).isEmpty();
    String[] upTo = {"run", "flights", "--partitions", "month=2001-02", "--up-to", "line"};
    assertThat(lab.run(upTo).exit()).as("which runs what is before it").isZero();
    assertThat(lab.run("runs", "show", "latest").out()).containsPattern("up to +line\n");
    assertThat(lab.run("runs", "show", "latest", "--output", "json").out())
        .contains("\"up_to\" : [ \"line\" ]", "\"rerun_from\" : [ ]");
    assertThat(Bodies.take()).containsExactly("clean m2");
    write("month=2001-02/a.csv", "new");
    write("codes/x.txt", "new");
    lab.with(
        "late",
        p -> {
          var clean =
              p.perPartition(
                  "clean", task(PartitionsTest::clean), p.files("flights", data, "month=*/*.csv"));
          var codes =
              p.step("codes", task(PartitionsTest::codes), p.files("c", data, "codes/*").all());
          var lines = p.fanOut("report", task(PartitionsTest::report), clean.all());
          p.perPartition("both", task(PartitionsTest::join), lines, codes);
        });
    Ran stale = lab.run("run", "late", "--partitions", "month=2001-02", "--stale");
    assertThat(stale.exit()).as("which names no such step itself: " + stale.err()).isZero();
    assertThat(Bodies.take()).containsExactly("clean new", "codes");
  }

  @Test
  void run_partOfSeveralNames_isWhatHasAll() throws Exception {
    for (String month : List.of("01", "02")) {
      for (String part : List.of("001", "002")) {
        write("by/month=" + month + "/part=" + part + "/a", month + "/" + part);
      }
    }
    lab.with(
        "by",
        p ->
            p.perPartition(
                "clean",
                task(PartitionsTest::clean),
                p.files("files", data.resolve("by"), "*/*/a")));

    Ran ran = lab.run("run", "by", "--partitions", "part=2..2", "--partitions", "month=01..01");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(Bodies.take()).containsExactly("clean 01/002");
    assertThat(ran.out()).containsPattern("(month=1,part=2|part=2,month=1)   0 cached · 1 ran");
    assertThat(lab.run("run", "by", "--partitions", "files=month=02/part=001").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("clean 02/001");
    Ran none =
        lab.run("run", "by", "--partitions", "files=month=02/part=001", "--partitions", "part=2");
    assertThat(none.exit()).isEqualTo(2);
    assertThat(none.err()).contains("has no partition that is of all that was asked for");
  }

  @Test
  void run_filesNamedByTheirPartition_areFoundWithoutTheirEnding() throws Exception {
    write("months/2001-01.csv", "a");
    write("months/2001-02.csv", "b");
    lab.with(
        "by",
        p ->
            p.perPartition(
                "clean",
                task(PartitionsTest::clean),
                p.files("month", data.resolve("months"), "*.csv")));

    assertThat(lab.run("run", "by", "--partitions", "month=2001-02").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("clean b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          month=2001-07            | has no partition 'month=2001-07' (it has 2001-01, 2001-02
          month=2001-04..2001-07   | has no partition 'month=2001-06' and 1 more
          month=2001-4             | did you mean '2001-04'?
          month=2001-1..2001-3     | is no range of months (2001-02), days (2001-02-03) or whole
          month=2001_05            | did you mean '2001-05'?
          mont=2001-01             | no source of pipeline 'flights' has partitions by 'mont'
          mont=2001-01             | did you mean 'month'?
          month=                   | --partitions 'month=' has an empty value
          month                    | should be written as NAME=FROM..TO
          month=2001-03..2001-01   | ends before it begins
          """)
  void run_partitionThatIsNotThere_isRefusedBeforeAnythingRuns(String given, String message) {
    for (String command : List.of("run", "plan")) {
      Ran ran = lab.run(command, "flights", "--partitions", given);
      assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains(message);
    }
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void run_partitionThatNoneOfTwoSourcesHas_isToldWhatEachHas() throws Exception {
    write("weather/month=2001-04/w.csv", "w4");
    write("weather/month=2001-12/w.csv", "w12");
    lab.with(
        "two",
        p -> {
          p.perPartition(
              "clean", task(PartitionsTest::clean), p.files("flights", data, "month=*/*.csv"));
          p.perPartition(
              "warm",
              task(PartitionsTest::clean),
              p.files("weather", data.resolve("weather"), "month=*/*.csv"));
        });
    assertThat(lab.run("plan", "two", "--partitions", "month=2001-2").err())
        .contains(
            "pipeline 'two' has no partition 'month=2001-2' ('flights' has 2001-01, 2001-02, 2001-03,"
                + " 2001-04, 2001-05; 'weather' has 2001-04, 2001-12); did you mean '2001-02'?");

    lab.with("none", p -> p.step("sum", task(PartitionsTest::sum), p.value(List.of("a"))));
    Ran none = lab.run("plan", "none", "--partitions", "month=2001-02");
    assertThat(none.exit()).isEqualTo(2);
    assertThat(none.err())
        .contains("pipeline 'none' has no source of files, so none has partitions by 'month'");
  }

  @Test
  void api_partitionThatIsNotThere_isRefused() {
    assertThatExceptionOfType(UnknownPartitionException.class)
        .isThrownBy(() -> reprise.driver().submit(pipeline(), of("month=2002-01")));
    assertThatExceptionOfType(UnknownPartitionException.class)
        .isThrownBy(() -> reprise.driver().plan(pipeline(), of("month")))
        .withMessageContaining("should be written as NAME=VALUE");
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void run_resultOfAllPartitions_isNeitherPublishedNorReplacedByAPart() throws Exception {
    Path out = folder.resolve("out.txt");
    Path each = folder.resolve("each");
    lab.with(
        "published",
        p -> {
          var clean =
              p.perPartition(
                  "clean", task(PartitionsTest::clean), p.files("flights", data, "month=*/*.csv"));
          p.result("each", clean);
          p.result("sum", p.step("sum", task(PartitionsTest::sum), clean.all()));
          p.publish("sum", out);
          p.publishFolder("each", each, "json");
        });
    String why =
        "4 of 5 partitions of 'flights' are left out; a run without --partitions publishes it";
    assertThat(lab.run("plan", "published", "--partitions", "month=2001-01").out())
        .contains("PUBLISH      sum at " + out + ", not in this run: " + why)
        .contains("PUBLISH      each at " + each + ", not in this run: " + why)
        .doesNotContain("when it is made");
    assertThat(
            lab.run("plan", "published", "--partitions", "month=2001-01", "--output", "json").out())
        .contains("\"caveat\" : \"not in this run: " + why);
    assertThat(lab.run("plan", "published").out())
        .contains("PUBLISH      sum at " + out + ", when it is made");
    Ran part = lab.run("run", "published", "--partitions", "month=2001-01");
    assertThat(part.exit()).as(part.err()).isZero();
    assertThat(part.err())
        .contains("'sum' was not published at %s: %s".formatted(out, why))
        .contains("'each' was not published at %s: %s".formatted(each, why));
    assertThat(out).doesNotExist();
    assertThat(each).doesNotExist();

    assertThat(lab.run("run", "published").exit()).isZero();
    assertThat(Files.readString(out)).contains("m1;m2;m3;m4;m5");
    write("month=2001-02/a.csv", "m9");
    assertThat(lab.run("run", "published", "--partitions", "month=2001-02").exit()).isZero();
    assertThat(Files.readString(out)).contains("m1;m2;m3;m4;m5");
    try (var files = Files.list(each)) {
      assertThat(files.count()).isEqualTo(6);
    }
    assertThat(lab.run("result", "sum").exit()).isNotZero();
    assertThat(lab.run("run", "published").exit()).isZero();
    assertThat(Files.readString(out)).contains("m1;m3;m4;m5;m9");
  }

  @Test
  void publish_resultThatTheRunDoesNotMake_planAndRunSayWhy() throws Exception {
    Path out = folder.resolve("out.txt");
    lab.with(
        "published",
        p -> {
          var clean =
              p.perPartition(
                  "clean", task(PartitionsTest::clean), p.files("flights", data, "month=*/*.csv"));
          var lines = p.fanOut("report", task(PartitionsTest::report), clean.all());
          p.result("lines", p.perPartition("line", task(PartitionsTest::line), lines));
          p.publish("lines", out);
        });
    String notAsked = "the cache does not have it, and its step";
    assertThat(lab.run("plan", "published", "--only", "clean").out())
        .contains("lines at " + out + ", if the cache turns out to have it: its step is none of");
    assertThat(lab.run("run", "published", "--only", "clean").err())
        .contains("'lines' was not published at %s: %s".formatted(out, notAsked));
    assertThat(lab.run("plan", "published", "--partitions", "month=2001-01").out())
        .as("how many there would be is not known")
        .contains("lines at " + out + ", not in this run: 4 of 5 partitions");
    assertThat(lab.run("run", "published").exit()).isZero();
    assertThat(lab.run("plan", "published", "--only", "clean").out())
        .as("the cache has it")
        .contains("lines at " + out + ", which is there");
  }

  private Pipeline nested(boolean sourceInside) {
    return Pipeline.define(
        "n",
        p -> {
          var outside = sourceInside ? null : p.files("flights", data, "month=*/*.csv");
          var sum =
              p.nested(
                  "part",
                  inner -> {
                    inner.keptWhole();
                    var files =
                        outside == null ? inner.files("flights", data, "month=*/*.csv") : outside;
                    var clean = inner.perPartition("clean", task(PartitionsTest::clean), files);
                    return inner.step("sum", task(PartitionsTest::sum), clean.all());
                  });
          p.result("line", p.step("line", task(PartitionsTest::line), sum));
        });
  }

  @Test
  void run_nestedPipelineKeptWhole_isNeitherFoundNorKeptForAPart() throws Exception {
    for (boolean inside : List.of(true, false)) {
      write("month=2001-01/a.csv", "first " + inside);
      assertThat(Bodies.of(reprise.driver(), nested(inside), of("month=2001-01")))
          .containsExactly("clean first " + inside);
      assertThat(Bodies.of(reprise.driver(), nested(inside))).contains("sum");
      assertThat(Bodies.of(reprise.driver(), nested(inside))).isEmpty();
      write("month=2001-03/a.csv", "third " + inside);
      assertThat(Bodies.of(reprise.driver(), nested(inside), of("month=2001-01"))).isEmpty();
      assertThat(Bodies.of(reprise.driver(), nested(inside), of("month=2001-03")))
          .containsExactly("clean third " + inside);
      assertThat(Bodies.of(reprise.driver(), nested(inside)))
          .containsExactly("line " + line(inside), "sum");
    }
  }

  private static String line(boolean inside) {
    return "first " + inside + ";m2;m4;m5;third " + inside;
  }

  private static volatile CountDownLatch read = new CountDownLatch(1);
  private static final AtomicInteger BIG = new AtomicInteger();

  static String big(Path file) {
    Bodies.ran("big");
    return "x".repeat(200_000) + BIG.incrementAndGet();
  }

  static int length(String of) {
    Bodies.ran("length");
    read.countDown();
    return of.length();
  }

  static int count(List<String> of) {
    Bodies.ran("count");
    return of.size();
  }

  static List<String> late(String any) throws InterruptedException {
    boolean inTime = read.await(20, TimeUnit.SECONDS);
    return List.of("a", String.valueOf(inTime));
  }

  static String both(String line, int count) {
    Bodies.ran("both");
    return line + count;
  }

  @Test
  void run_inputOfWhatIsLeftOutIsMadeAgain_lateTakersOfThatAreLeftOutToo() throws Exception {
    lab.with(
        "late",
        p -> {
          var big =
              p.perPartition(
                  "big", task(PartitionsTest::big), p.files("flights", data, "month=*/*.csv"));
          p.perPartition("length", task(PartitionsTest::length), big);
          var count = p.step("count", task(PartitionsTest::count), big.all());
          var lines = p.fanOut("lines", task(PartitionsTest::late), p.value("q"));
          p.perPartition("both", task(PartitionsTest::both), lines, count);
        });
    read = new CountDownLatch(1);
    assertThat(lab.run("run", "late", "--partitions", "month=2001-01", "--only", "big").exit())
        .isZero();
    try (var all = Files.walk(folder)) {
      for (Path blob : all.filter(PartitionsTest::isBlob).toList()) {
        byte[] bytes = Files.readAllBytes(blob);
        bytes[1000] ^= 1;
        Files.write(blob, bytes);
      }
    }
    Bodies.take();

    Ran ran = lab.run("run", "late", "--partitions", "month=2001-01");

    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(Bodies.take()).containsExactly("big", "length");
    assertThat(ran.out())
        .containsPattern("SKIPPED +count ")
        .containsPattern("SKIPPED +both +2 units +NOT_SELECTED.4 of 5 partitions");
  }

  private static boolean isBlob(Path file) {
    return Files.isRegularFile(file) && file.toString().contains("/blobs/");
  }

  @Test
  void run_keyOfASubmission_isOfItsPartitionsToo() {
    String[] first = {"run", "flights", "--partitions", "month=2001-01", "--idempotency-key", "k"};
    assertThat(lab.run(first).exit()).isZero();
    Bodies.take();
    assertThat(lab.run(first).out()).contains("was submitted with this key before");

    Ran other =
        lab.run("run", "flights", "--partitions", "month=2001-02", "--idempotency-key", "k");
    assertThat(other.exit()).as(other.out()).isEqualTo(2);
    assertThat(other.err()).contains("and partitions month=2001-01; another run needs another key");
    assertThat(lab.run("run", "flights", "--idempotency-key", "k").exit()).isEqualTo(2);
    assertThat(Bodies.take()).isEmpty();

    Run here = reprise.driver().submit(pipeline(), of("month=2001-03").withIdempotencyKey("h"));
    assertThatExceptionOfType(ResumeException.class)
        .isThrownBy(
            () -> reprise.driver().submit(pipeline(), of("month=2001-04").withIdempotencyKey("h")))
        .withMessageContaining("is that of run " + here.id());
  }

  @Test
  void run_valuesLikeNamesOfFilesAndFolders_meanTheNearest() throws Exception {
    for (String name : List.of("part=01.csv", "part=02.csv", "part=1.5.csv", "part=03.csv.gz")) {
      write("numbers/" + name, name);
    }
    for (String name : List.of("release=v1", "release=v1.2", "release=v3.csv")) {
      write("folders/" + name + "/a.txt", name);
    }
    lab.with("numbers", p -> each(p, "numbers", "*"));
    lab.with("folders", p -> each(p, "folders", "*/*"));

    assertThat(cleaned("numbers", "part=1..2")).containsExactly("part=01.csv", "part=02.csv");
    assertThat(cleaned("numbers", "part=1.5")).containsExactly("part=1.5.csv");
    assertThat(cleaned("numbers", "part=3")).containsExactly("part=03.csv.gz");
    write("numbers/part=03.old.csv", "old");
    assertThat(cleaned("numbers", "part=03")).as("as far as the one before").containsExactly("old");
    write("numbers/part=03.old.csv", "older");
    write("numbers/part=03.csv", "near");
    assertThat(cleaned("numbers", "part=03")).containsExactly("near");
    assertThat(cleaned("folders", "release=v1")).containsExactly("release=v1");
    assertThat(lab.run("run", "folders", "--partitions", "release=v3").exit()).isEqualTo(2);
    write("numbers/part=1", "exact");
    assertThat(cleaned("numbers", "part=1")).containsExactly("exact");
  }

  private void each(Pipeline.Builder p, String under, String pattern) {
    p.perPartition(
        "clean", task(PartitionsTest::clean), p.files("files", data.resolve(under), pattern));
  }

  private List<String> cleaned(String pipeline, String partitions) {
    Bodies.take();
    Ran ran = lab.run("run", pipeline, "--partitions", partitions);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return Bodies.take().stream().map(each -> each.substring("clean ".length())).toList();
  }

  @Test
  void resume_ofARunThatWasToMakeSomePartitionsAnew_leavesTheOthersAsTheyAre() {
    lab.run("run", "flights");
    Bodies.take();
    lab.run("run", "flights", "--rerun-from", "clean", "--partitions", "month=2001-01");
    assertThat(Bodies.take()).containsExactly("clean m1", "join m1", "window m1");

    Ran ran = lab.run("run", "flights", "--resume", "latest");

    assertThat(ran.exit()).isZero();
    assertThat(Bodies.take()).as(ran.out()).isEmpty();
  }

  @Test
  void resume_ofARunThatFailedToMakeSomePartitionsAnew_makesThoseAlone() {
    lab.run("run", "flights");
    broken = "m2";
    Ran ran =
        lab.run(
            "run",
            "flights",
            "--rerun",
            "clean",
            "--keep-going",
            "--partitions",
            "month=2001-01..2001-02");
    assertThat(ran.exit()).isEqualTo(1);
    broken = "";
    Bodies.take();

    assertThat(lab.run("run", "flights", "--resume", "latest").exit()).isZero();

    assertThat(Bodies.take()).containsExactly("clean m2");
  }

  @Test
  void backfill_partitionMissingForOneValue_isRefusedBeforeTheFirstBegins() throws Exception {
    for (String path : List.of("01/day=31", "02/day=28", "03/day=31")) {
      write("days/" + path + "/a.csv", path);
    }
    lab.with(
        "days",
        p ->
            p.perPartition(
                "clean",
                task(PartitionsTest::clean),
                p.files("files", p.param("root", data.resolve("days/01")), "day=*/*.csv")));
    String days = data.resolve("days").toString();

    Ran ran =
        lab.run(
            "run",
            "days",
            "--backfill",
            "root=%s/01,%s/02,%s/03".formatted(days, days, days),
            "--partitions",
            "day=31");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("/02: pipeline 'days' has no partition 'day=31'");
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void retry_partitionOfOneRunIsGone_isRefusedBeforeTheFirstBegins() throws Exception {
    for (String month : List.of("m1", "m2")) {
      broken = month;
      Ran ran = lab.run("run", "flights", "--partitions", "month=2001-0" + month.charAt(1));
      assertThat(ran.exit()).isEqualTo(1);
    }
    broken = "";
    Bodies.take();
    Files.delete(data.resolve("month=2001-02/a.csv"));

    Ran ran = lab.run("runs", "retry", "--failed");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("has no partition 'month=2001-02'");
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void run_sourceThatLacksTheValue_isLeftOutIfAnotherHasIt() throws Exception {
    write("weather/month=2001-01/w.csv", "w1");
    write("weather/month=2001-02/w.csv", "w2");
    lab.with(
        "two",
        p -> {
          p.perPartition(
              "clean", task(PartitionsTest::clean), p.files("flights", data, "month=*/*.csv"));
          p.perPartition(
              "weather-of",
              task(PartitionsTest::clean),
              p.files("weather", data.resolve("weather"), "month=*/*.csv"));
        });

    Ran ran = lab.run("run", "two", "--partitions", "month=2001-05");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(Bodies.take()).containsExactly("clean m5");
    assertThat(ran.out())
        .contains("2 of 2 partitions of 'weather' are left out")
        .contains("month=2001-05   0 cached · 1 ran · 0 failed\n");
    Ran quiet = lab.run("run", "two", "-q", "--partitions", "month=2001-05");
    assertThat(quiet.out().lines()).as("the last line alone").hasSize(1);
  }
}
