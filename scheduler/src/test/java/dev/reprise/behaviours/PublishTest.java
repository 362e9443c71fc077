package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.graph.PipelineException;
import dev.reprise.run.Audit;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.PublishReport;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
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
    return Pipeline.define(
        "t",
        p -> {
          var numbers = p.fanOut("numbers", task(PublishTest::numbers), p.value(count));
          p.result("tables", p.perPartition("tables", task(PublishTest::table), numbers));
          p.publishFolder("tables", folder.resolve("tables"), "csv");
        });
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
    Files.writeString(folder.resolve("tables/more.csv"), "n\n9\n");
    assertThat(run(tables(3))).isEqualTo("CHANGED []");
    assertThat(files()).hasSize(4).doesNotContain("tables/more.csv");
    assertThat(run(tables(1))).as("fewer partitions").isEqualTo("OTHER []");
    assertThat(files()).containsExactly("tables/_reprise", "tables/part-00000-0.csv");

    Files.delete(folder.resolve("tables/_reprise"));
    RunSummary refused = run(tables(1), RunOptions.DEFAULT);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.message()).contains("holds what was not published by Reprise");
    assertThat(files()).as("it stays as it was").containsExactly("tables/part-00000-0.csv");
  }

  /** What users put beside or behind what is published is theirs. */
  @Test
  void folder_replacedWithLinksInItOrInItsPlace_leavesAloneWhereTheyLead() throws Exception {
    run(tables(3));
    Path theirs = Files.createDirectories(folder.resolve("theirs"));
    Files.writeString(theirs.resolve("data"), "theirs");
    Files.createSymbolicLink(folder.resolve("tables/raw"), theirs);
    assertThat(run(tables(1))).isEqualTo("OTHER []");
    assertThat(folder.resolve("tables/raw")).doesNotExist();
    assertThat(theirs.resolve("data")).hasContent("theirs");

    Path elsewhere = folder.resolve("elsewhere");
    Files.move(folder.resolve("tables"), elsewhere);
    Files.createSymbolicLink(folder.resolve("tables"), elsewhere);
    assertThat(run(tables(2))).isEqualTo("OTHER []");
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
}
