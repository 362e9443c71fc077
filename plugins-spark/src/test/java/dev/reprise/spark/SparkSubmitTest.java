package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.spark.StandaloneCluster.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code spark-submit --class my.Pipeline --jars reprise-spark.jar my.jar ...} against a real
 * cluster of two workers: issue "Spark", the same command line, exit codes passed through.
 */
@Timeout(1200)
class SparkSubmitTest {
  private static final Path REPRISE = Path.of("reprise-spark.jar").toAbsolutePath();

  /** A dataset with code of the user's on the executors, and what is made of it elsewhere. */
  private static final String PIPELINE =
      """
      static org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> squares(
          org.apache.spark.sql.SparkSession spark, int count) {
        return spark.range(0, count, 1, 2).map(
            (org.apache.spark.api.java.function.MapFunction<Long, Long>) Pipeline::square,
            org.apache.spark.sql.Encoders.LONG()).toDF("value");
      }
      static long square(long n) {
        return n * n;
      }
      static long sum(org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> squares) {
        return squares.agg(org.apache.spark.sql.functions.sum("value")).head().getLong(0);
      }
      static String report(long sum) {
        if (sum == 0) {
          throw new IllegalArgumentException("nothing to report");
        }
        return "the sum is " + sum;
      }
      static void define(dev.reprise.api.Pipeline.Builder p) {
        var squares = p.step(
            "squares", dev.reprise.spark.Spark.spark(Pipeline::squares), p.param("count", 5));
        var sum = p.step("sum", dev.reprise.spark.Spark.spark(Pipeline::sum), squares);
        p.result("report", p.step("report", dev.reprise.task.Tasks.task(Pipeline::report), sum));
      }
      public static void main(String[] args) {
        dev.reprise.Reprise.main(args, Pipeline::define);
      }
      """;

  /** A program of a user's on Spark that is no pipeline. */
  private static final String READER =
      """
      public static void main(String[] args) throws Exception {
        var spark = org.apache.spark.sql.SparkSession.builder().getOrCreate();
        var squares = dev.reprise.spark.RepriseSpark.read(spark, "squares");
        System.out.println("squares: " + squares.orderBy("value").collectAsList());
        var same = spark.read().format("reprise").option("result", "squares").load();
        System.out.println("large ones: " + same.where("value > 3").count());
        same.createOrReplaceTempView("squares");
        System.out.println("sum: " + spark.sql("select sum(value) from squares").first().get(0));
        try {
          dev.reprise.spark.RepriseSpark.read(spark, "report");
        } catch (IllegalArgumentException e) {
          System.out.println("refused: " + e.getMessage());
        }
      }
      """;

  @TempDir private static Path folder;
  private static StandaloneCluster cluster;
  private static Path job;
  private static Path reader;

  @BeforeAll
  @Timeout(900)
  static void start() throws Exception {
    job = UserJars.make(folder.resolve("my.jar"), "Pipeline", PIPELINE);
    reader = UserJars.make(folder.resolve("reader.jar"), "Reader", READER);
    cluster = StandaloneCluster.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** Runs the pipeline's command line. */
  private static Ended submit(String home, String... arguments) throws Exception {
    return submit(home, "com.acme.Pipeline", job, arguments);
  }

  /** Runs a program, with the home set as a platform team would. */
  private static Ended submit(String home, String main, Path jar, String... arguments)
      throws Exception {
    Path conf = Files.createDirectories(folder.resolve("conf-" + home));
    Files.writeString(
        conf.resolve("spark-defaults.conf"), "spark.reprise.home  " + folder.resolve(home) + "\n");
    List<String> all = new ArrayList<>();
    all.addAll(List.of("--class", main, "--jars", REPRISE.toString()));
    all.add(jar.toString());
    all.addAll(List.of(arguments));
    return cluster.submit(Map.of("SPARK_CONF_DIR", conf.toString()), all.toArray(String[]::new));
  }

  @Test
  void commands_ofOnePipeline_areThoseOfTheLauncher() throws Exception {
    Ended planned = submit("one", "plan");
    assertThat(planned.code()).as(planned.err()).isZero();
    assertThat(planned.out()).contains("squares", "report");

    Ended first = submit("one", "run", "--executor", "spark");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(folder.resolve("one")).as("spark.reprise.home of spark-defaults").isDirectory();

    Ended shown = submit("one", "result", "report");
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("the sum is 30");

    Ended again = submit("one", "run", "--executor", "local");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out() + again.err()).contains("CACHED").doesNotContain("RAN ");

    Ended why = submit("one", "why", "squares");
    assertThat(why.code()).as(why.err()).isZero();
    assertThat(why.out()).contains("squares");
  }

  @Test
  void read_byAProgramThatIsNoPipeline_hasTheRowsThatARunMade() throws Exception {
    Ended made = submit("four", "run");
    assertThat(made.code()).as(made.err()).isZero();

    Ended read = submit("four", "com.acme.Reader", reader);

    assertThat(read.code()).as(read.err()).isZero();
    assertThat(read.out().lines())
        .containsExactly(
            "squares: [[0], [1], [4], [9], [16]]",
            "large ones: 3",
            "sum: 30",
            "refused: 'report' is no table; read it with 'reprise result report'");
  }

  @Test
  void run_stepFails_isExitCode1WithItsMessage() throws Exception {
    Ended ended = submit("two", "run", "--executor", "spark", "--param", "count=1");

    assertThat(ended.code()).as(ended.err()).isEqualTo(1);
    assertThat(ended.err()).contains("nothing to report");
  }

  @Test
  void run_unknownOption_isExitCode2() throws Exception {
    Ended ended = submit("three", "run", "--no-such-option");

    assertThat(ended.code()).as(ended.err()).isEqualTo(2);
    assertThat(ended.err()).contains("--no-such-option");
  }

  /** ENGINES S1 and S3: what Spark has must not come twice, what it may have must not meet ours. */
  @Test
  void jar_hasAllOfOursAndNothingOfSparks() throws Exception {
    List<String> classes;
    try (JarFile jar = new JarFile(REPRISE.toFile())) {
      classes =
          jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
    }

    assertThat(classes)
        .allMatch(
            name ->
                name.startsWith("dev/reprise/")
                    || name.startsWith("com/esotericsoftware/kryo/kryo5/"));
    assertThat(classes)
        .contains(
            "dev/reprise/Reprise.class",
            "dev/reprise/spark/Spark.class",
            "dev/reprise/shaded/asm/ClassReader.class",
            "dev/reprise/shaded/picocli/CommandLine.class");
  }
}
