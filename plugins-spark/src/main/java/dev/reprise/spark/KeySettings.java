package dev.reprise.spark;

import dev.reprise.cache.fingerprint.Redaction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkBuildInfo;
import org.apache.spark.SparkEnv;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf$;
import org.apache.spark.sql.internal.StaticSQLConf$;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The settings of Spark that may change what a query returns: all of SQL and Hadoop that are set to
 * another value than Spark's default, but for {@link SpeedSettings}. They are in the keys of steps
 * on datasets, and set on the session that each unit gets.
 *
 * @see <a href="../../../../../../docs/adr/0002-steps-on-datasets.md">ADR-0002</a>
 */
final class KeySettings {
  private static final String TIME_ZONE = "spark.sql.session.timeZone";
  private static final String ISOLATION = "spark.sql.artifact.isolation.enabled";
  private static final String VERSION = "spark.version";

  private static final String SPARK = "spark.";
  private static final String REDACTION = "spark.redaction.regex";
  private static final String ANSI = "spark.sql.ansi.enabled";
  private static final String SQL = "spark.sql.";
  private static final String HADOOP = "spark.hadoop.";

  /** Spark's default of what it does not show. */
  private static final String SPARK_HIDES = "(?i)secret|password|token|access[.]?key";

  /** What names of settings begin with that may change what a query returns. */
  private static final List<String> READ =
      List.of(SQL, HADOOP, "spark.files.ignoreCorruptFiles", "spark.files.ignoreMissingFiles");

  private KeySettings() {}

  /**
   * The settings as they would be if Spark were used now. Starts nothing, and while nothing of
   * Spark runs here, loads next to nothing of it: a run of which everything is cached has no other
   * use for it.
   */
  static SortedMap<String, String> now() {
    SortedMap<String, String> settings = new TreeMap<>();
    SparkEnv there = SparkEnv.get();
    if (there == null) { // so no session either, but for one of Spark Connect, which is not asked
      configured().forEach((name, value) -> add(name, value, settings));
    } else {
      Option<SparkSession> session = session();
      if (session.isDefined()) {
        add(session.get().conf(), settings);
      } else {
        for (Tuple2<String, String> each : there.conf().getAll()) {
          add(each._1(), each._2(), settings);
        }
      }
    }
    if (String.valueOf(System.getenv("SPARK_ANSI_SQL_MODE")).equals("false")) {
      settings.putIfAbsent(ANSI, "false"); // the one default that Spark has from the environment
    }
    settings.putIfAbsent(TIME_ZONE, TimeZone.getDefault().getID());
    settings.put(VERSION, minor(SparkBuildInfo.spark_version()));
    return settings;
  }

  /** What a {@code SparkConf} would have that is made now. */
  static SortedMap<String, String> configured() {
    SortedMap<String, String> all = new TreeMap<>();
    Properties properties = System.getProperties();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(SPARK)) {
        all.put(name, properties.getProperty(name));
      }
    }
    return all;
  }

  private static Option<SparkSession> session() {
    Option<SparkSession> active = SparkSession.getActiveSession();
    return active.isDefined() ? active : SparkSession.getDefaultSession();
  }

  private static void add(RuntimeConfig conf, SortedMap<String, String> to) {
    CollectionConverters.asJava(conf.getAll()).forEach((name, value) -> add(name, value, to));
  }

  private static void add(String name, String value, SortedMap<String, String> to) {
    if (counts(name) && !isDefault(name, value)) {
      to.put(name, value);
    }
  }

  private static boolean counts(String name) {
    return READ.stream().anyMatch(name::startsWith)
        && !name.equals(ISOLATION)
        && !SpeedSettings.has(name);
  }

  /** False if the default is another setting's value. */
  private static boolean isDefault(String name, String value) {
    if (!name.startsWith(SQL)) {
      return false;
    }
    Objects.requireNonNull(StaticSQLConf$.MODULE$); // registers its entries when it is loaded
    ConfigEntry<?> entry = SQLConf$.MODULE$.getConfigEntry(name);
    return entry != null && entry.defaultValueString().equals(value);
  }

  /**
   * Whether Spark would not show the value, or we would not: a URL may have a password in it, too.
   */
  static boolean hides(String name, String value) {
    SparkEnv there = SparkEnv.get();
    String regex =
        there == null
            ? System.getProperty(REDACTION, SPARK_HIDES)
            : there.conf().get(REDACTION, SPARK_HIDES);
    Pattern spark = Pattern.compile(regex);
    return Stream.of(name, value)
        .anyMatch(text -> Redaction.hides(text) || spark.matcher(text).find());
  }

  /** Whether a session can have another value than the application. */
  private static boolean isOfSession(String name) {
    return name.startsWith(SQL) && !SQLConf$.MODULE$.isStaticConfigKey(name);
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
        .filter(name -> counts(name) && !settings.containsKey(name) && isOfSession(name))
        .toList()
        .forEach(conf::unset);
    CollectionConverters.asJava(base.conf().getAll())
        .forEach(
            (name, value) -> {
              if (isOfSession(name) && !counts(name) && !name.equals(ISOLATION)) {
                conf.set(name, value);
              }
            });
    settings.forEach(
        (name, value) -> {
          // A session may have its own of Hadoop's, but for a few that Spark itself reads.
          boolean own = name.startsWith(HADOOP) && !conf.getOption(name).contains(value);
          if (isOfSession(name) || own) {
            conf.set(name, value);
          }
        });
    return session;
  }
}
