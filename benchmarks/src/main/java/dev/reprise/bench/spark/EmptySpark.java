package dev.reprise.bench.spark;

import dev.reprise.bench.spark.NewProcess.Told;
import dev.reprise.cache.base.Ticker;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** A process that starts Spark and does nothing with it. */
final class EmptySpark {
  private EmptySpark() {}

  /** Prints how long it took, and how many threads Spark has. */
  public static void main(String[] arguments) {
    Ticker ticker = Ticker.system();
    long begun = ticker.nanos();
    SparkContext context =
        new SparkContext(
            new SparkConf()
                .setMaster(SparkHere.MASTER)
                .setAppName("empty")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
    double nanos = ticker.nanos() - begun;
    System.out.println(new Told(nanos, result(context.defaultParallelism())));
    context.stop();
  }

  static String result(int threads) {
    return threads + " threads";
  }
}
