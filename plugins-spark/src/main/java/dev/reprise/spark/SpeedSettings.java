package dev.reprise.spark;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of Spark that are not in keys, since they change how fast a query is or what is
 * shown of it, but no result. Every other one is taken to change results, also if nobody has heard
 * of it.
 *
 * @see <a href="../../../../../../docs/adr/0002-steps-on-datasets.md">ADR-0002</a>
 */
final class SpeedSettings {
  /*
   * Names, or with a dot at the end what they begin with. To add one, know why no query returns
   * something else by it; if in doubt, leave it out: too few cost a recomputation, too many a wrong
   * result.
   */

  /**
   * Which of equal plans is taken, and how rows are cut into tasks. A table's content is its rows,
   * however they are cut; a query whose rows depend on the cut is not determined by its arguments.
   */
  private static final List<String> PLANNING =
      List.of(
          "spark.sql.adaptive.",
          "spark.sql.autoBroadcastJoinThreshold",
          "spark.sql.bucketing.coalesceBucketsInJoin.",
          "spark.sql.cbo.",
          "spark.sql.codegen.",
          "spark.sql.exchange.reuse",
          "spark.sql.execution.rangeExchange.sampleSizePerPartition",
          "spark.sql.execution.reuseSubquery",
          "spark.sql.files.maxPartitionBytes",
          "spark.sql.files.maxPartitionNum",
          "spark.sql.files.minPartitionNum",
          "spark.sql.files.openCostInBytes",
          "spark.sql.join.preferSortMergeJoin",
          "spark.sql.leafNodeDefaultParallelism",
          "spark.sql.maxSinglePartitionBytes",
          "spark.sql.optimizer.dynamicPartitionPruning.",
          "spark.sql.optimizer.runtime.bloomFilter.",
          "spark.sql.optimizer.runtimeFilter.",
          "spark.sql.shuffle.partitions",
          "spark.sql.shuffledHashJoinFactor",
          "spark.sql.sources.bucketing.autoBucketedScan.enabled",
          "spark.sql.sources.ignoreDataLocality",
          "spark.sql.sources.parallelPartitionDiscovery.",
          "spark.sql.sources.v2.bucketing.",
          "spark.sql.statistics.");

  /** Memory, threads and time: with too little of them a query fails, and keeps nothing. */
  private static final List<String> MEANS =
      List.of(
          "spark.sql.broadcastExchange.maxThreadThreshold",
          "spark.sql.broadcastTimeout",
          "spark.sql.cartesianProductExec.buffer.",
          "spark.sql.columnVector.offheap.enabled",
          "spark.sql.defaultCacheStorageLevel",
          "spark.sql.filesourceTableRelationCacheSize",
          "spark.sql.hive.filesourcePartitionFileCacheSize",
          "spark.sql.inMemoryColumnarStorage.",
          "spark.sql.maxBroadcastTableSize",
          "spark.sql.orc.columnarReaderBatchSize",
          "spark.sql.parquet.columnarReaderBatchSize",
          "spark.sql.resultQueryStage.maxThreadThreshold",
          "spark.sql.sessionWindow.buffer.",
          "spark.sql.shuffleDependency.",
          "spark.sql.shuffleExchange.maxThreadThreshold",
          "spark.sql.sort.enableRadixSort",
          "spark.sql.sortMergeJoinExec.buffer.",
          "spark.sql.subquery.maxThreadThreshold",
          "spark.sql.windowExec.buffer.");

  /** How rows cross to Python, R and remote clients: a step's function is Java in the driver. */
  private static final List<String> OTHER_CLIENTS =
      List.of(
          "spark.sql.cli.",
          "spark.sql.execution.arrow.",
          "spark.sql.pyspark.",
          "spark.sql.repl.",
          "spark.sql.thriftServer.",
          "spark.sql.thriftserver.");

  /** What is shown of plans, queries and errors. */
  private static final List<String> DISPLAY =
      List.of(
          "spark.sql.debug.maxToStringFields",
          "spark.sql.error.messageFormat",
          "spark.sql.event.truncate.length",
          "spark.sql.extendedExplainProviders",
          "spark.sql.maxMetadataStringLength",
          "spark.sql.maxPlanStringLength",
          "spark.sql.planChangeLog.",
          "spark.sql.redaction.",
          "spark.sql.stackTracesInDataFrameContext",
          "spark.sql.ui.");

  /**
   * Where Spark runs, how files are fetched and put in place, not what is in them. Spark sets some
   * of these itself when an application begins, or writes them another way: in keys, they would
   * tell a run in one from a run before one. What a function reads from a table by its name is in
   * no key, wherever the table lies.
   */
  private static final List<String> TRANSPORT =
      List.of(
          "spark.hadoop.fs.s3a.committer.",
          "spark.hadoop.fs.s3a.vectored.read.",
          "spark.hadoop.mapreduce.outputcommitter.",
          "spark.hadoop.yarn.",
          "spark.sql.parquet.output.committer.class",
          "spark.sql.sources.commitProtocolClass",
          "spark.sql.warehouse.dir");

  /** Who reads files, not what is in them; a token lasts for hours, a result for longer. */
  private static final Pattern CREDENTIALS =
      Pattern.compile(
          "spark\\.hadoop\\.fs\\.s3a\\.(bucket\\..+\\.)?"
              + "(access\\.key|secret\\.key|session\\.token|aws\\.credentials\\.provider)"
              + "|spark\\.hadoop\\.fs\\.azure\\.(account\\.key|account\\.oauth2?|sas)\\..*"
              + "|spark\\.hadoop\\.fs\\.gs\\.auth\\..*"
              + "|spark\\.sql\\.catalog\\.[^.]+\\."
              + "(token|credential|s3\\.(access-key-id|secret-access-key|session-token))");

  static final List<String> ALL =
      Stream.of(PLANNING, MEANS, OTHER_CLIENTS, DISPLAY, TRANSPORT).flatMap(List::stream).toList();

  private SpeedSettings() {}

  static boolean has(String name) {
    return CREDENTIALS.matcher(name).matches()
        || ALL.stream()
            .anyMatch(each -> each.endsWith(".") ? name.startsWith(each) : name.equals(each));
  }
}
