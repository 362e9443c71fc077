package dev.reprise.spark;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.WorkChunk;
import dev.reprise.task.Resources;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What steps ask for, in Spark's words: processors and the executors' own resources are for stages
 * to claim, memory is an executor's, whatever runs there. Of the scheduler's thread.
 */
final class Claims {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
  private static final String CUSTOM = "spark.executor.resource.";
  private static final String OF_TASKS = "spark.task.resource.%s.amount";

  private final SparkLink link;
  private final SparkConf conf;
  private final Set<String> told = new HashSet<>();

  Claims(SparkLink link) {
    this.link = link;
    conf = link.context().getConf();
  }

  /** Processors of a task that claims nothing. */
  static int usualCpus(SparkConf conf) {
    return conf.getInt("spark.task.cpus", 1);
  }

  /**
   * The claim of one unit, or of several small ones that share a task.
   *
   * @throws ExecutorUnavailableException if no executor can ever have so much
   */
  Claim of(WorkChunk chunk) throws ExecutorUnavailableException {
    Resources asked = chunk.resources();
    int usual = usualCpus(conf);
    int cpus = (int) Math.ceil(asked.cpus());
    boolean first = told.add(chunk.step());
    if (link.isEmbedded()) {
      if (first && (cpus > usual || asked.memoryBytes() > 0 || !asked.custom().isEmpty())) {
        LOG.info(
            "step '{}' asks for {}; Spark in this process gives each unit one of {} slots and limits nothing else",
            chunk.step(),
            asked,
            link.slots());
      }
      return Claim.NONE;
    }
    checkCustom(chunk.step(), asked.custom());
    int most = link.mostCores();
    if (cpus > usual && most > 0 && cpus > most) {
      throw new ExecutorUnavailableException(
          "step '%s' asks for %s processors, and the largest of Spark's executors has %s; ask for fewer, or give executors more with spark.executor.cores"
              .formatted(chunk.step(), cpus, most),
          null);
    }
    tellOfMemory(first, chunk);
    return cpus <= usual && asked.custom().isEmpty() ? Claim.NONE : new Claim(cpus, asked.custom());
  }

  /**
   * Checks what units on datasets ask for. Their processors are {@link DatasetQueue}'s to count; of
   * other resources the tasks of a query have what Spark's settings say, whatever a step asks for.
   *
   * @throws ExecutorUnavailableException if that is less
   */
  void check(WorkChunk chunk) throws ExecutorUnavailableException {
    Resources asked = chunk.resources();
    boolean first = told.add(chunk.step());
    int slots = link.slots();
    if (first && asked.cpus() > Math.max(1, slots)) {
      LOG.info(
          "step '{}' asks for {} processors, and all that Spark has are {}: its units run one at a time",
          chunk.step(),
          asked.cpus(),
          slots);
    }
    if (link.isEmbedded()) {
      if (first && (asked.memoryBytes() > 0 || !asked.custom().isEmpty())) {
        LOG.info(
            "step '{}' asks for {}; Spark in this process limits processors alone",
            chunk.step(),
            asked);
      }
      return;
    }
    for (Map.Entry<String, Double> each : asked.custom().entrySet()) {
      String setting = OF_TASKS.formatted(each.getKey());
      double has = conf.getDouble(setting, 0);
      if (each.getValue() > has) {
        throw new ExecutorUnavailableException(
            "step '%s' asks for %s of resource '%s', and the tasks of a query have %s of it; Spark's executors have: %s; start Spark with %s=%s, or leave it out"
                .formatted(
                    chunk.step(),
                    each.getValue(),
                    each.getKey(),
                    has,
                    custom(),
                    setting,
                    each.getValue()),
            null);
      }
    }
    tellOfMemory(first, chunk);
  }

  private void tellOfMemory(boolean first, WorkChunk chunk) {
    if (first && chunk.resources().memoryBytes() > 0) {
      LOG.info(
          "step '{}' asks for {} bytes of memory; Spark gives memory to executors, not to what runs there: each has {} (spark.executor.memory) for as many units as it has slots",
          chunk.step(),
          chunk.resources().memoryBytes(),
          conf.get("spark.executor.memory", "1g"));
    }
  }

  /** Spark would wait for ever, or fail in words of its own. */
  private void checkCustom(String step, SortedMap<String, Double> asked)
      throws ExecutorUnavailableException {
    for (Map.Entry<String, Double> each : asked.entrySet()) {
      SortedMap<String, Double> there = custom();
      double has = there.getOrDefault(each.getKey(), 0.0);
      double wanted = each.getValue();
      if (wanted > has) {
        throw new ExecutorUnavailableException(
            "step '%s' asks for %s of resource '%s', and Spark's executors have %s; those that they have: %s; give them more with %s%s.amount"
                .formatted(step, wanted, each.getKey(), has, there, CUSTOM, each.getKey()),
            null);
      }
      if (wanted > 1 && wanted != Math.rint(wanted)) {
        throw new ExecutorUnavailableException(
            "step '%s' asks for %s of resource '%s'; Spark gives parts of one, or whole ones"
                .formatted(step, wanted, each.getKey()),
            null);
      }
    }
  }

  private SortedMap<String, Double> custom() {
    SortedMap<String, Double> found = new TreeMap<>();
    for (var each : conf.getAllWithPrefix(CUSTOM)) {
      String suffix = ".amount";
      if (each._1().endsWith(suffix)) {
        String name = each._1().substring(0, each._1().length() - suffix.length());
        found.put(name, Double.valueOf(each._2().strip()));
      }
    }
    return found;
  }
}
