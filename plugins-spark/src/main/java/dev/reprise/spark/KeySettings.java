package dev.reprise.spark;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The settings of Spark that change what a query returns. They are in the keys of steps on
 * datasets, and set on the session that each unit gets.
 *
 * @see <a href="../../../../../../docs/adr/0002-steps-on-datasets.md">ADR-0002</a>
 */
final class KeySettings {
  private static final String TIME_ZONE = "spark.sql.session.timeZone";
  private static final String ISOLATION = "spark.sql.artifact.isolation.enabled";
  private static final String VERSION = "spark.version";

  /** Names, or with a dot at the end what they begin with. */
  private static final List<String> NAMES =
      List.of(
          TIME_ZONE,
          "spark.sql.ansi.",
          "spark.sql.avro.datetimeRebaseModeInRead",
          "spark.sql.caseSensitive",
          "spark.sql.columnNameOfCorruptRecord",
          "spark.sql.csv.",
          "spark.sql.decimalOperations.allowPrecisionLoss",
          "spark.sql.files.ignoreCorruptFiles",
          "spark.sql.files.ignoreMissingFiles",
          "spark.sql.functions.",
          "spark.sql.hive.convertMetastoreParquet",
          "spark.sql.json.",
          "spark.sql.jsonGenerator.",
          "spark.sql.legacy.",
          "spark.sql.mapKeyDedupPolicy",
          "spark.sql.optimizer.nestedSchemaPruning.enabled",
          "spark.sql.orc.mergeSchema",
          "spark.sql.parquet.binaryAsString",
          "spark.sql.parquet.datetimeRebaseModeInRead",
          "spark.sql.parquet.inferTimestampNTZ.enabled",
          "spark.sql.parquet.int96AsTimestamp",
          "spark.sql.parquet.int96RebaseModeInRead",
          "spark.sql.parquet.int96TimestampConversion",
          "spark.sql.parquet.mergeSchema",
          "spark.sql.sources.partitionColumnTypeInference.enabled",
          "spark.sql.timestampType");

  private KeySettings() {}

  /** The settings as they would be if Spark were used now. Starts nothing. */
  static SortedMap<String, String> now() {
    SortedMap<String, String> settings = new TreeMap<>();
    Option<SparkSession> session = session();
    if (session.isDefined()) {
      add(session.get().conf(), settings);
    } else {
      for (Tuple2<String, String> each : new SparkConf().getAll()) {
        add(each._1(), each._2(), settings);
      }
    }
    settings.putIfAbsent(TIME_ZONE, TimeZone.getDefault().getID());
    settings.put(VERSION, minor(org.apache.spark.package$.MODULE$.SPARK_VERSION()));
    return settings;
  }

  private static Option<SparkSession> session() {
    Option<SparkSession> active = SparkSession.getActiveSession();
    return active.isDefined() ? active : SparkSession.getDefaultSession();
  }

  private static void add(RuntimeConfig conf, SortedMap<String, String> to) {
    CollectionConverters.asJava(conf.getAll()).forEach((name, value) -> add(name, value, to));
  }

  private static void add(String name, String value, SortedMap<String, String> to) {
    if (counts(name)) {
      to.put(name, value);
    }
  }

  private static boolean counts(String name) {
    return NAMES.stream()
        .anyMatch(each -> each.endsWith(".") ? name.startsWith(each) : name.equals(each));
  }

  /** {@code 4.2} of {@code 4.2.0}. */
  private static String minor(String version) {
    int dot = version.indexOf('.', version.indexOf('.') + 1);
    return dot < 0 ? version : version.substring(0, dot);
  }

  /**
   * Returns a session with all that is set on {@code base}, but of what counts in keys with just
   * these settings: whatever the session has had since then would be a result under a wrong key.
   */
  static SparkSession sessionOf(SparkSession base, Map<String, String> settings) {
    SparkSession session = base.newSession();
    RuntimeConfig conf = session.conf();
    // Else executors look for classes in jars of this session alone, not in the application's.
    conf.set(ISOLATION, false);
    CollectionConverters.asJava(conf.getAll()).keySet().stream()
        .filter(name -> counts(name) && !settings.containsKey(name) && conf.isModifiable(name))
        .toList()
        .forEach(conf::unset);
    CollectionConverters.asJava(base.conf().getAll())
        .forEach(
            (name, value) -> {
              if (name.startsWith("spark.sql.") && !counts(name) && conf.isModifiable(name)) {
                conf.set(name, value);
              }
            });
    settings.forEach(
        (name, value) -> {
          if (!name.equals(VERSION) && conf.isModifiable(name)) {
            conf.set(name, value);
          }
        });
    return session;
  }
}
