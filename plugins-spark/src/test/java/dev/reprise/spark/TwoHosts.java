package dev.reprise.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;
import scala.Some;

/**
 * A standalone cluster in this JVM, of two workers whose executors are processes of their own: as
 * {@code local-cluster}, but with an address for each worker, so that they are two hosts to Spark.
 */
final class TwoHosts implements AutoCloseable {
  private final List<RpcEnv> all = new ArrayList<>();
  private final String address;

  private TwoHosts(Path folder) {
    SparkConf conf = new SparkConf().set("spark.ui.enabled", "false");
    RpcEnv master = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    all.add(master);
    address = "spark://127.0.0.1:" + master.address().port();
    for (int i = 1; i <= 2; i++) {
      all.add(
          Worker.startRpcEnvAndEndpoint(
              "127.0.0." + i,
              0,
              0,
              1,
              1024,
              new String[] {address},
              folder.toString(),
              Some.apply(i),
              conf,
              Option.empty()));
    }
  }

  /** Starts it; workers keep their files in a folder. */
  static TwoHosts start(Path folder) {
    return new TwoHosts(folder);
  }

  /** For {@code spark.master}. */
  String address() {
    return address;
  }

  @Override
  public void close() {
    Collections.reverse(all);
    all.forEach(
        each -> {
          each.shutdown();
          each.awaitTermination();
        });
  }
}
