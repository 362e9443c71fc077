package dev.reprise.bench.spark;

import dev.reprise.run.RunOptions;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The session in this process that both sides of a comparison use. */
final class SparkHere implements AutoCloseable {
  static final int THREADS = 2;
  static final String MASTER = "local[" + THREADS + "]";

  /** Runs on Spark; of a session that is there already, in it. */
  static final RunOptions RUN_ON_SPARK =
      RunOptions.DEFAULT.withExecutor("spark", Map.of("spark.master", MASTER));

  private final SparkSession session;

  private SparkHere(SparkSession session) {
    this.session = session;
  }

  /**
   * Starts Spark.
   *
   * @param folder for what it writes itself
   */
  static SparkHere start(Path folder) {
    return new SparkHere(
        SparkSession.builder()
            .master(MASTER)
            .appName("reprise bench")
            .config("spark.ui.enabled", false)
            .config("spark.ui.showConsoleProgress", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", folder.resolve("spark").toString())
            .config("spark.sql.shuffle.partitions", THREADS)
            .getOrCreate());
  }

  SparkSession session() {
    return session;
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  @Override
  public void close() {
    session.stop();
  }
}
