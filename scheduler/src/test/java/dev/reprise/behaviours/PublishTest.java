package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.Pipeline;
import dev.reprise.api.Run;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.graph.PipelineException;
import dev.reprise.run.Audit;
import dev.reprise.run.CacheMode;
import dev.reprise.run.Publisher.State;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.PublishPlan;
import dev.reprise.run.RunListener.PublishReport;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Results that are put at paths of the user's. */
class PublishTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  private static volatile boolean broken;
  private final List<PublishReport> told = new ArrayList<>();
  private final RunListener listener =
      new RunListener() {
        @Override
        public void published(PublishReport report) {
          told.add(report);
        }
      };

  @BeforeEach
  void breakNothing() {
    broken = false;
    Bodies.take();
  }

  static String report(String of) {
    Bodies.ran("report");
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return "report of " + of + ".".repeat(100_000);
  }

  private Pipeline text(String of) {
    return Pipeline.define(
        "p",
        p -> {
          p.result("report", p.step("report", task(PublishTest::report), p.value(of)));
          p.publish("report", folder.resolve("out/report.txt"));
        });
  }

  private RunSummary run(Pipeline pipeline, RunOptions options) throws Exception {
    told.clear();
    Bodies.take();
    return reprise.driver().submit(pipeline, options, listener).await();
  }

  private String run(Pipeline pipeline) throws Exception {
    RunSummary summary = run(pipeline, RunOptions.DEFAULT);
    assertThat(summary.state()).as(summary.message()).isEqualTo(RunState.SUCCEEDED);
    assertThat(told).hasSize(1);
    return told.get(0).before() + " " + Bodies.take();
  }

  private List<String> files() throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void file_publishedOnce_isWrittenAgainOnlyWhenItIsGoneOrChangedOrAnother() throws Exception {
    Path file = folder.resolve("out/report.txt");
    assertThat(run(text("a"))).isEqualTo("NEW [report]");
    String whole = Files.readString(file);
    assertThat(whole).startsWith("report of a..");
    FileTime written = Files.getLastModifiedTime(file);

    assertThat(run(text("a"))).isEqualTo("THERE []");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);

    Files.delete(file);
    assertThat(run(text("a"))).as("of a CACHED step").isEqualTo("GONE []");
    assertThat(Files.readString(file)).isEqualTo(whole);

    Path reference = folder.resolve("reference");
    new ProcessBuilder("cp", "-p", "" + file, "" + reference).start().waitFor();
    Files.writeString(file, whole.replace('.', ','));
    new ProcessBuilder("touch", "-r", "" + reference, "" + file).start().waitFor();
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(Files.getLastModifiedTime(reference));
    Files.delete(reference);
    assertThat(run(text("a"))).isEqualTo("CHANGED []");
    assertThat(Files.readString(file)).isEqualTo(whole);

    assertThat(run(text("b"))).isEqualTo("OTHER [report]");
    assertThat(run(text("a"))).isEqualTo("OTHER []");
    assertThat(Files.readString(file)).isEqualTo(whole);
    reprise.reopen();
    assertThat(run(text("a"))).as("the next process knows").isEqualTo("THERE []");
    assertThat(files()).as("no temporary is left").containsExactly("out/report.txt");
  }

  @Test
  void file_inEveryCacheModeAndResumedAndForced_isPublished() throws Exception {
    Path file = folder.resolve("out/report.txt");
    for (CacheMode mode :
        List.of(
            CacheMode.OFF, CacheMode.READ, CacheMode.WRITE, CacheMode.REFRESH, CacheMode.REQUIRE)) {
      Files.deleteIfExists(file);
      assertThat(run(text("a"), RunOptions.DEFAULT.withCache(mode)).exitCode()).isZero();
      assertThat(file).as("%s", mode).exists();
    }
    Files.delete(file);
    assertThat(run(text("a"), RunOptions.DEFAULT.withResume("latest")).exitCode()).isZero();
    assertThat(Bodies.take()).isEmpty();
    assertThat(file).as("taken from another run").exists();
    RunOptions audited = RunOptions.DEFAULT.withAudit(Audit.of(1));
    Files.delete(file);
    assertThat(run(text("a"), audited).exitCode()).isZero();
    assertThat(file).exists();
  }

  @Test
  void file_thatCannotBeWritten_failsTheRunAndNotTheCache() throws Exception {
    Path out = Files.writeString(folder.resolve("out"), "a file where a folder should be");

    RunSummary summary = run(text("a"), RunOptions.DEFAULT);

    assertThat(summary.state()).isEqualTo(RunState.FAILED);
    assertThat(summary.exitCode()).isEqualTo(1);
    assertThat(summary.message())
        .startsWith("result 'report' could not be published at " + out.resolve("report.txt") + ": ")
        .endsWith("what the run made is kept, another run publishes it");
    assertThat(told.get(0).failure()).isNotEmpty();
    Files.delete(out);
    assertThat(run(text("a"))).as("kept").isEqualTo("NEW []");

    Files.delete(out.resolve("report.txt"));
    Files.createDirectory(out.resolve("report.txt"));
    assertThat(run(text("a"), RunOptions.DEFAULT).message())
        .contains("it is a folder; name a file");
  }

  @Test
  void run_thatFails_publishesNothing() throws Exception {
    assertThat(run(text("a"))).isEqualTo("NEW [report]");
    broken = true;
    RunSummary failed = run(text("b"), RunOptions.DEFAULT);
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(told).isEmpty();
    assertThat(Files.readString(folder.resolve("out/report.txt"))).startsWith("report of a");
  }

  @Test
  void result_damagedInTheStore_isMadeAgainAndPublished() throws Exception {
    assertThat(run(text("a"))).isEqualTo("NEW [report]");
    String whole = Files.readString(folder.resolve("out/report.txt"));
    for (Path blob : blobs()) {
      byte[] bytes = Files.readAllBytes(blob);
      bytes[bytes.length / 2] ^= 1;
      blob.toFile().setWritable(true);
      Files.write(blob, bytes);
    }
    assertThat(run(text("a"))).as("nothing reads it").isEqualTo("THERE []");
    Files.delete(folder.resolve("out/report.txt"));

    assertThat(run(text("a"))).isEqualTo("GONE [report]");

    assertThat(Files.readString(folder.resolve("out/report.txt"))).isEqualTo(whole);
    assertThat(run(text("a"))).isEqualTo("THERE []");
  }

  private List<Path> blobs() throws Exception {
    List<Path> blobs = new ArrayList<>();
    Files.walkFileTree(
        reprise.home().resolve("store"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes its) {
            if (its.size() > 65_536) {
              blobs.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    assertThat(blobs).isNotEmpty();
    return blobs;
  }

  static List<Integer> numbers(int count) {
    return Stream.iterate(1, n -> n + 1).limit(count).toList();
  }

  static ArrowTable table(int number) {
    Bodies.ran("table");
    Schema schema = new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));
    return ArrowTable.builder(schema).row((long) number).build();
  }

  private Pipeline tables(int count) {
    return Pipeline.define("t", tablesOf(count));
  }

  private Pipeline.Definition tablesOf(int count) {
    return p -> {
      var numbers = p.fanOut("numbers", task(PublishTest::numbers), p.value(count));
      p.result("tables", p.perPartition("tables", task(PublishTest::table), numbers));
      p.publishFolder("tables", folder.resolve("tables"), "csv");
    };
  }

  @Test
  void folder_ofPartitions_isReplacedAsAWholeAndOnlyIfItWasPublished() throws Exception {
    assertThat(run(tables(3))).isEqualTo("NEW [table, table, table]");
    assertThat(files())
        .containsExactly(
            "tables/_reprise",
            "tables/part-00000-0.csv",
            "tables/part-00001-1.csv",
            "tables/part-00002-2.csv");
    assertThat(Files.readString(folder.resolve("tables/part-00001-1.csv"))).isEqualTo("n\n2\n");
    assertThat(run(tables(3))).isEqualTo("THERE []");

    Files.delete(folder.resolve("tables/part-00001-1.csv"));
    assertThat(run(tables(3))).isEqualTo("CHANGED []");
    Files.writeString(folder.resolve("tables/part-00001-1.csv"), "n\n9\n");
    assertThat(run(tables(3))).isEqualTo("CHANGED []");
    assertThat(folder.resolve("tables/part-00001-1.csv")).hasContent("n\n2\n");
    assertThat(files()).hasSize(4);
    assertThat(run(tables(1))).as("fewer partitions").isEqualTo("OTHER []");
    assertThat(files()).containsExactly("tables/_reprise", "tables/part-00000-0.csv");

    Files.delete(folder.resolve("tables/_reprise"));
    RunSummary refused = run(tables(1), RunOptions.DEFAULT);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.message()).contains("holds what was not published by Reprise");
    assertThat(files()).as("it stays as it was").containsExactly("tables/part-00000-0.csv");
  }

  @Test
  void folder_othersPutSomethingIntoIt_isRefusedNamingItUnlessAllIsToBeReplaced() throws Exception {
    run(tables(3));
    Path tables = folder.resolve("tables");
    Path mine = tables.resolve("part-00001-mine.csv");
    Files.writeString(mine, "mine");
    Files.createDirectories(tables.resolve("raw"));
    List<String> before = files();

    for (int count : List.of(3, 1)) {
      RunSummary refused = run(tables(count), RunOptions.DEFAULT);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.message())
          .contains(
              "the folder there holds 'part-00001-mine.csv', which was not published with it",
              "--conf publish.replace=true");
    }
    assertThat(files()).isEqualTo(before);
    assertThat(mine).hasContent("mine");
    assertThat(folder.toFile().list()).as("nothing is left beside").containsExactly("tables");
    assertThat(reprise.driver().plan(tables(1), RunOptions.DEFAULT).publications())
        .singleElement()
        .satisfies(plan -> assertThat(plan.now()).isEqualTo(State.MIXED))
        .satisfies(plan -> assertThat(plan.text()).contains("holds what others put there"));

    Files.delete(mine);
    assertThat(run(tables(1), RunOptions.DEFAULT).message()).contains("holds 'raw'");
    Files.delete(tables.resolve("raw"));
    assertThat(run(tables(1))).isEqualTo("OTHER []");
    Files.writeString(mine, "mine");
    CliLab lab = new CliLab(folder.resolve("another home")).with("t", tablesOf(2));
    assertThat(lab.run("run", "t").err()).contains("holds 'part-00001-mine.csv'");
    assertThat(mine).hasContent("mine");
    assertThat(lab.run("run", "t", "--conf", "publish.replace=true").exit()).isZero();
    assertThat(tables.toFile().list())
        .containsExactlyInAnyOrder("_reprise", "part-00000-0.csv", "part-00001-1.csv");
  }

  /** What users put beside or behind what is published is theirs. */
  @Test
  void folder_replacedWithLinksInItOrInItsPlace_leavesAloneWhereTheyLead() throws Exception {
    run(tables(3));
    Path theirs = Files.createDirectories(folder.resolve("theirs"));
    Files.writeString(theirs.resolve("data"), "theirs");
    Path link = Files.createSymbolicLink(folder.resolve("tables/raw"), theirs);
    assertThat(run(tables(1), RunOptions.DEFAULT).message()).contains("holds 'raw', which was not");
    assertThat(link).isSymbolicLink();
    Files.delete(link);
    assertThat(run(tables(1))).isEqualTo("OTHER []");
    assertThat(theirs.resolve("data")).hasContent("theirs");

    Path elsewhere = folder.resolve("elsewhere");
    Files.move(folder.resolve("tables"), elsewhere);
    Files.createSymbolicLink(folder.resolve("tables"), elsewhere);
    assertThat(run(tables(2))).as("another place").isEqualTo("NEW []");
    assertThat(folder.resolve("tables")).isSymbolicLink();
    assertThat(elsewhere.resolve("part-00001-1.csv")).exists();
  }

  @Test
  void run_thatKeptGoingAfterAFailure_publishesNothing() throws Exception {
    Pipeline two =
        Pipeline.define(
            "p",
            p -> {
              p.result("tables", p.step("table", task(PublishTest::table), p.value(1)));
              p.step("report", task(PublishTest::report), p.value("a"));
              p.publish("tables", folder.resolve("out.csv"));
            });
    broken = true;
    assertThat(run(two, RunOptions.DEFAULT.withKeepGoing(true)).exitCode()).isEqualTo(1);
    assertThat(folder.resolve("out.csv")).doesNotExist();
  }

  @Test
  void publications_badlyDeclared_areRefused() {
    assertRefused(
        "publishes result 'repor', which it does not have", "repor", "a.txt", "report", "b.txt");
    assertRefused("choose paths apart", "report", "a", "report", "a/b.txt");
    assertRefused("choose paths apart", "report", "a", "report", "a");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> Pipeline.define("p", p -> p.publishFolder("a", folder, "../b")))
        .withMessageContaining("cannot end with '../b'");
  }

  private void assertRefused(String why, String one, String at, String other, String there) {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(
            () ->
                Pipeline.define(
                    "p",
                    p -> {
                      p.result("report", p.step("r", task(PublishTest::report), p.value("a")));
                      p.publish(one, folder.resolve(at));
                      p.publish(other, folder.resolve(there));
                    }))
        .withMessageContaining(why);
  }

  @Test
  void publication_typed_isInPlanAndRunAndLater() {
    Path file = folder.resolve("report.json");
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  p.result("n", p.step("n", task(PublishTest::numbers), p.param("count", 3)));
                  p.publish("n", p.param("to", file));
                });
    assertThat(lab.run("plan", "p").out())
        .contains("PUBLISH", "n at " + file + ", when it is made");
    assertThat(lab.run("run", "p").out())
        .contains("publish", "n at " + file + ", which was not published here before");
    assertThat(file).hasContent("[1,2,3]");
    assertThat(lab.run("plan", "p").out()).contains(", which is there: nothing to do");
    file.toFile().delete();
    assertThat(lab.run("plan", "p").out()).contains("n at " + file + ", which is gone");
    assertThat(lab.run("plan", "p", "--output=json").out().replaceAll("\\s+", ""))
        .contains("\"publications\":[{\"result\":\"n\"", "\"now\":\"GONE\"");
    assertThat(file).as("a plan writes nothing").doesNotExist();
    Ran json = lab.run("run", "p", "--console=json");
    assertThat(json.out()).contains("\"event\":\"published\"", "\"before\":\"GONE\"");
    assertThat(lab.run("runs", "show").out()).contains("\npublished: n at " + file);
    Ran failed = lab.run("run", "p", "-p", "to=" + folder);
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err()).contains("could not be published", "it is a folder");
  }

  /** A file that a user made is not ours to replace, wherever a typing error leads. */
  @Test
  void file_thatWasNotPublished_isRefusedUnlessItHasTheSameBytes() throws Exception {
    Path file = folder.resolve("out/report.txt");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "theirs");

    RunSummary refused = run(text("a"), RunOptions.DEFAULT);

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.message())
        .contains("the file there is not ours", "remove it, name another path, or replace it");
    assertThat(file).hasContent("theirs");
    assertThat(files()).containsExactly("out/report.txt");

    Files.delete(file);
    assertThat(run(text("a"))).as("kept").isEqualTo("NEW []");
    String whole = Files.readString(file);
    try (Stream<Path> records = Files.list(reprise.home().resolve("published"))) {
      for (Path record : records.toList()) {
        Files.delete(record);
      }
    }
    FileTime written = Files.getLastModifiedTime(file);
    assertThat(run(text("a"))).as("the same bytes, of another home").isEqualTo("THERE []");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
    assertThat(run(text("a"))).as("and not written, again").isEqualTo("THERE []");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
    assertThat(run(text("b"), RunOptions.DEFAULT).message())
        .as("it is theirs all the same")
        .contains("the file there is not ours");
    assertThat(file).hasContent(whole);
    assertThat(reprise.driver().plan(text("b"), RunOptions.DEFAULT).publications())
        .extracting(PublishPlan::now)
        .containsExactly(State.FOREIGN);

    Files.delete(file);
    assertThat(run(text("b"))).as("nothing of theirs is there").isEqualTo("NEW []");
    Files.writeString(file, whole);
    assertThat(run(text("b"))).as("changed after we put it").isEqualTo("CHANGED []");

    Files.delete(file);
    Files.createFile(file);
    assertThat(run(text("a"))).as("an empty one is nobody's").isEqualTo("CHANGED []");
  }

  /** What was put is the file of then, not what a link in its place leads to later. */
  @Test
  void file_becameALinkToTheirs_isRefused() throws Exception {
    Path file = folder.resolve("out/report.txt");
    run(text("a"));
    Path theirs = Files.writeString(folder.resolve("precious.txt"), "precious");
    Files.delete(file);
    Files.createSymbolicLink(file, theirs);

    RunSummary refused = run(text("b"), RunOptions.DEFAULT);

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.message())
        .contains(
            "the file there, in truth " + theirs.toRealPath() + ", is not ours",
            "--conf publish.replace=true");
    assertThat(theirs).hasContent("precious");
    Files.delete(theirs);
    assertThat(run(text("b"), RunOptions.DEFAULT).message())
        .as("it may lead to a disk that is not there today")
        .contains("it is a link that leads to no file; remove it, or name another path");
    assertThat(file).isSymbolicLink();
    Files.delete(file);
    assertThat(run(text("b"))).isEqualTo("GONE []");
    Path moved = Files.move(file, folder.resolve("moved.txt"));
    Files.createSymbolicLink(file, moved);
    assertThat(run(text("b"), RunOptions.DEFAULT).exitCode()).as("the same bytes").isZero();
    assertThat(file).isSymbolicLink();
  }

  /** What stands for a device: whoever waits at it, or reads from it, would do so for ever. */
  @Test
  void place_isPipeOrSocketOrLinkToOne_isRefusedWhateverMayBeReplaced() throws Exception {
    Path pipe = folder.resolve("pipe");
    shell("mkfifo pipe");
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);
    Path bound = folder.resolve("socket");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(bound));
      for (Path place : List.of(pipe, link, bound)) {
        Object before = Files.getAttribute(place, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        for (String form : List.of("", "csv")) {
          CliLab lab = publishing(place, form);
          String wanted = form.isEmpty() ? "it is no file" : "it is no folder";
          assertThat(lab.run("plan", "p").out())
              .contains("at " + place + ", when it is made; what is there is nothing to be repl");
          for (String more : List.of("publish.replace=false", "publish.replace=true")) {
            Ran ran = lab.run("run", "p", "--conf", more);
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err()).contains(wanted + "; name another path");
          }
          assertThat(lab.run("plan", "p").out())
              .contains("at " + place + ", which is nothing to be replaced: a run fails; name");
          assertThat(lab.run("plan", "p", "--output=json").out()).contains("\"BLOCKED\"");
        }
        assertThat(Files.getAttribute(place, "unix:ino", LinkOption.NOFOLLOW_LINKS))
            .isEqualTo(before);
      }
    }
  }

  private CliLab publishing(Path place, String form) {
    return new CliLab(folder.resolve("home of " + place.getFileName() + form))
        .with(
            "p",
            p -> {
              p.result("t", p.step("table", task(PublishTest::table), p.value(7)));
              if (form.isEmpty()) {
                p.publish("t", place);
              } else {
                p.publishFolder("t", place, form);
              }
            });
  }

  @Test
  void file_publishedByAnotherNameOfItsFolder_isOursByBoth() throws Exception {
    assertThat(run(text("a"))).isEqualTo("NEW [report]");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("out"));
    Pipeline linked =
        Pipeline.define(
            "p",
            p -> {
              p.result("report", p.step("report", task(PublishTest::report), p.value("b")));
              p.publish("report", folder.resolve("link/report.txt"));
            });
    assertThat(run(linked)).isEqualTo("OTHER [report]");
    assertThat(Files.readString(folder.resolve("out/report.txt"))).startsWith("report of b");
    assertThat(run(text("b"))).isEqualTo("THERE []");
  }

  /** The next run would refuse its own file, so this one says so. */
  @Test
  void file_putWhereTheHomeCannotRemember_isToldAndRefusedNextTime() throws Exception {
    run(text("a"));
    Path records = reprise.home().resolve("published");
    shell("rm -r '" + records + "' && touch '" + records + "'");
    Files.delete(folder.resolve("out/report.txt"));
    List<String> warnings = new ArrayList<>();
    RunListener warned =
        new RunListener() {
          @Override
          public void warning(String code, String message) {
            warnings.add(code + " " + message);
          }
        };

    assertThat(reprise.driver().submit(text("a"), RunOptions.DEFAULT, warned).await().exitCode())
        .isZero();

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .startsWith("PUBLISH_NOT_REMEMBERED that " + folder.resolve("out/report.txt") + " was put")
        .contains("cannot be written down", "refuse to replace it, unless publish.replace=true");
    assertThat(run(text("b"), RunOptions.DEFAULT).message())
        .contains("not ours, as far as this home knows", "--conf publish.replace=true");
    assertThat(Files.readString(folder.resolve("out/report.txt"))).startsWith("report of a");
    Files.delete(records);
    Files.delete(folder.resolve("out/report.txt"));
    assertThat(run(text("b"))).isEqualTo("NEW []");
  }

  @Test
  void file_emptyAndNotPublished_isReplaced() throws Exception {
    Files.createDirectories(folder.resolve("out"));
    Files.createFile(folder.resolve("out/report.txt"));
    assertThat(run(text("a"))).isEqualTo("NEW [report]");
    assertThat(Files.size(folder.resolve("out/report.txt"))).isPositive();
  }

  /** A kill between putting a file there and writing that down is no reason to refuse it. */
  @Test
  void file_putAndNotWrittenDown_isOursAllTheSame() throws Exception {
    assertThat(run(text("a"))).isEqualTo("NEW [report]");
    try (Stream<Path> records = Files.list(reprise.home().resolve("published"))) {
      for (Path record : records.toList()) {
        Files.writeString(record, "torn");
      }
    }
    assertThat(run(text("b"))).isEqualTo("NEW [report]");
    assertThat(Files.readString(folder.resolve("out/report.txt"))).startsWith("report of b");
  }

  @Test
  void plan_fileThatWasNotPublished_tellsThatItStays() throws Exception {
    Path file = Files.writeString(folder.resolve("mine.json"), "mine");
    CliLab lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  p.result("n", p.step("n", task(PublishTest::numbers), p.value(3)));
                  p.publish("n", file);
                });
    assertThat(lab.run("plan", "p").out())
        .contains("n at " + file + ", when it is made; a file there is not ours");
    Ran ran = lab.run("run", "p");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("is not ours");
    assertThat(lab.run("plan", "p").out()).contains("n at " + file + ", which is not ours");
    assertThat(file).hasContent("mine");
    Ran replacing = lab.run("run", "p", "--conf", "publish.replace=true");
    assertThat(replacing.exit()).as("as asked").isZero();
    assertThat(file).content().isNotEqualTo("mine");
  }

  private static volatile CountDownLatch says = new CountDownLatch(0);
  private static volatile CountDownLatch asked = new CountDownLatch(0);

  private static volatile boolean armed;

  /** What takes its time to be read. */
  public record Slow(String text) {
    public Slow {
      if (armed && text.equals("first")) {
        asked.countDown();
        try {
          says.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  static Slow slow(String text) {
    Slow made = new Slow(text);
    armed = true;
    return made;
  }

  private Pipeline slowly(String text) {
    return Pipeline.define(
        "s" + text,
        p -> {
          p.result(
              "slow", p.step("slow", task(PublishTest::slow).register(Slow.class), p.value(text)));
          p.publish("slow", folder.resolve("slow.json"));
        });
  }

  @Test
  void file_ofTwoRunsAtOnce_isThatOfTheOneThatCameLastAndBothKnow() throws Exception {
    says = new CountDownLatch(1);
    asked = new CountDownLatch(1);
    armed = false;
    Run first = reprise.driver().submit(slowly("first"));
    asked.await();
    Run second = reprise.driver().submit(slowly("second"));
    assertThat(second.await(300)).as("it waits for the first to be there").isNull();
    assertThat(folder.resolve("slow.json")).doesNotExist();
    says.countDown();
    assertThat(first.await().exitCode()).isZero();
    assertThat(second.await().exitCode()).isZero();
    assertThat(Files.readString(folder.resolve("slow.json"))).contains("second");
    assertThat(run(slowly("second"))).isEqualTo("THERE []");
    assertThat(run(slowly("first"))).isEqualTo("OTHER []");
  }

  /** A thread that hangs cannot be ended, but the path is not its own for ever. */
  @Test
  void file_ofARunThatWasCancelledAndHangs_isThatOfTheNext() throws Exception {
    says = new CountDownLatch(1);
    asked = new CountDownLatch(1);
    armed = false;
    Run first = reprise.driver().submit(slowly("first"));
    asked.await();
    first.cancel();
    assertThat(first.await().state()).isEqualTo(RunState.CANCELLED);

    assertThat(run(slowly("second"))).isEqualTo("NEW []");

    says.countDown();
    while (Objects.requireNonNull(folder.toFile().list()).length > 1) {
      Thread.onSpinWait(); // the first has its temporary file still
    }
    assertThat(Files.readString(folder.resolve("slow.json"))).contains("second");
    assertThat(run(slowly("second"))).isEqualTo("THERE []");
  }

  @Test
  void table_withoutPartitions_isPublishedInEachFormAsFileAndAsFolder() throws Exception {
    for (String form : List.of("csv", "json", "arrow")) {
      Pipeline one =
          Pipeline.define(
              "one",
              p -> {
                p.result("t", p.step("table", task(PublishTest::table), p.value(7)));
                p.publish("t", folder.resolve("t." + form));
                p.publishFolder("t", folder.resolve("f" + form), form);
              });
      assertThat(run(one, RunOptions.DEFAULT).message()).isEmpty();
      assertThat(told).extracting(PublishReport::failure).containsOnly("");
      assertThat(folder.resolve("t." + form)).isNotEmptyFile();
      assertThat(folder.resolve("f" + form + "/part-00000." + form)).isNotEmptyFile();
    }
    assertThat(folder.resolve("t.csv")).hasContent("n\n7\n");
  }

  /** A folder of which nobody can say what is in it is told as changed, and fails nothing else. */
  @Test
  void folder_thatCannotBeLookedInto_isToldAsChanged() throws Exception {
    run(tables(1));
    // Deeper than a path may be long, which not even root can look into by its path.
    shell(
        "cd tables && d=$(printf 'x%.0s' {1..250}) && for i in {1..20}; do mkdir $d; cd $d; done");
    try {
      assertThat(reprise.driver().plan(tables(1), RunOptions.DEFAULT).publications())
          .extracting(PublishPlan::now)
          .containsExactly(State.MIXED);
      RunSummary summary = run(tables(1), RunOptions.DEFAULT);
      assertThat(summary.exitCode()).as("that of a run, not of a bug").isIn(0, 1);
    } finally {
      shell("find . -name 'tables*' -prune -exec rm -rf {} + ; rm -rf .tables*");
    }
  }

  private void shell(String line) throws Exception {
    Process bash =
        new ProcessBuilder("bash", "-c", line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).as(out).isZero();
  }
}
