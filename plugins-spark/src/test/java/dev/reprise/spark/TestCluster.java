package dev.reprise.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A Spark application with two executors in processes of their own, shared by all tests of this JVM
 * as a user's own would be; Spark stops it when the JVM ends.
 */
final class TestCluster {
  /** What a Spark that was installed does not have. */
  private static final Pattern OURS =
      Pattern.compile(
          "(reprise|kryo5|slf4j-simple|junit|assertj|surefire|opentest4j|apiguardian).*");

  private TestCluster() {}

  /** Starts it. */
  static SparkContext start() {
    return start(Map.of());
  }

  /** Starts it with further settings. */
  static SparkContext start(Map<String, String> settings) {
    install();
    SparkConf conf =
        new SparkConf()
            .setMaster("local-cluster[2,1,1024]")
            .setAppName("tests")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.sql.shuffle.partitions", "4")
            .set("spark.executor.heartbeatInterval", "1s");
    settings.forEach(conf::set);
    SparkContext context = new SparkContext(conf);
    // Spark has no executor when it says that it is there.
    JavaSparkContext.fromSparkContext(context).parallelize(List.of(1, 2), 2).count();
    return context;
  }

  /** Lays out the jars of the class path as Spark's own distribution does. */
  private static void install() {
    Path home = Path.of(System.getenv("SPARK_HOME"));
    try {
      Path jars = Files.createDirectories(home.resolve("jars"));
      if (Files.notExists(home.resolve("RELEASE"))) {
        Files.createFile(home.resolve("RELEASE"));
      }
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        Path jar = Path.of(entry).toAbsolutePath();
        Path link = jars.resolve(jar.getFileName());
        boolean spark =
            entry.endsWith(".jar") && !OURS.matcher(jar.getFileName().toString()).matches();
        if (spark && Files.notExists(link)) {
          Files.createSymbolicLink(link, jar);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
