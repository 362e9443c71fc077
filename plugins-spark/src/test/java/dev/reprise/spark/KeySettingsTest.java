package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.task.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf$;
import org.apache.spark.sql.internal.StaticSQLConf$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;

/** Which settings of Spark are in the keys of which steps; without Spark being started. */
class KeySettingsTest {
  private static Dataset<Row> onDatasets(SparkSession spark, Path month) {
    return spark.read().parquet(month.toString());
  }

  private static Dataset<Row> withoutSession(Dataset<Row> flights) {
    return flights.distinct();
  }

  private static ArrowTable neutral(ArrowTable table) {
    return table;
  }

  private static SortedMap<String, String> settings(Task<?, ?> task) {
    return new SparkExecutorFactory().keySettings(task.spec(), new TreeMap<>());
  }

  @Test
  void keySettings_functionOnDatasets_areVersionAndTimeZone() {
    Map<String, String> plain = Map.of("spark.sql.session.timeZone", "UTC", "spark.version", "4.2");

    assertThat(settings(Spark.spark(KeySettingsTest::onDatasets))).isEqualTo(plain);
    assertThat(settings(Spark.spark(KeySettingsTest::withoutSession))).isEqualTo(plain);
    assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
  }

  /** Spark's own class for it takes half a second to load, in a run that needs nothing of Spark. */
  @Test
  void configured_withoutSpark_isWhatSparkWouldBeginWith() {
    System.setProperty("spark.sql.unheard.of", "1");
    System.setProperty("spark.yarn.access.namenodes", "an old name of another");
    try {
      Map<String, String> ofSpark = new TreeMap<>();
      for (Tuple2<String, String> each : new SparkConf().getAll()) {
        ofSpark.put(each._1(), each._2());
      }
      assertThat(KeySettings.configured()).isEqualTo(ofSpark).containsKey("spark.sql.unheard.of");
    } finally {
      System.clearProperty("spark.sql.unheard.of");
      System.clearProperty("spark.yarn.access.namenodes");
    }
  }

  /** The same key on any executor. */
  @Test
  void keySettings_functionOnPlainValues_areNone() {
    assertThat(settings(Spark.spark(KeySettingsTest::neutral))).isEmpty();
  }

  /** DESIGN section 4: a part of the key is never dropped silently. */
  @Test
  void keySettings_whatIsSet_countsAlsoIfNobodyKnowsIt() {
    Map<String, String> counting =
        Map.of(
            "spark.sql.ansi.enabled", "false",
            "spark.sql.orderByOrdinal", "false",
            "spark.sql.storeAssignmentPolicy", "LEGACY",
            "spark.sql.files.maxRecordsPerFile", "10",
            "spark.sql.catalog.acme", "com.acme.Catalog",
            "spark.sql.unheard.of", "1",
            "spark.hadoop.textinputformat.record.delimiter", ";");
    assertThat(settingsWith(counting)).containsAllEntriesOf(counting);
  }

  @Test
  void keySettings_whatMattersForSpeedOrDisplay_doesNotCount() {
    Map<String, String> speed =
        Map.of(
            "spark.sql.shuffle.partitions", "7",
            "spark.sql.adaptive.enabled", "false",
            "spark.sql.ui.retainedExecutions", "7",
            "spark.sql.warehouse.dir", "/warehouse",
            "spark.executor.memory", "2g");
    assertThat(settingsWith(speed)).doesNotContainKeys(speed.keySet().toArray(String[]::new));
  }

  /** A token lasts for hours, a result for longer. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.hadoop.fs.s3a.session.token",
        "spark.hadoop.fs.s3a.bucket.mine.secret.key",
        "spark.hadoop.fs.s3a.bucket.logs.acme.com.secret.key",
        "spark.hadoop.fs.s3a.aws.credentials.provider",
        "spark.hadoop.fs.azure.account.key.acme.blob.core.windows.net",
        "spark.hadoop.fs.azure.account.oauth.provider.type",
        "spark.hadoop.fs.azure.account.oauth2.client.secret.acme.dfs.core.windows.net",
        "spark.hadoop.fs.azure.account.oauth2.client.id",
        "spark.hadoop.fs.azure.sas.container.acme.blob.core.windows.net",
        "spark.hadoop.fs.gs.auth.service.account.json.keyfile",
        "spark.sql.catalog.db.token",
        "spark.sql.catalog.db.s3.secret-access-key"
      })
  void keySettings_credential_doesNotCount(String name) {
    assertThat(settingsWith(Map.of(name, "x"))).doesNotContainKey(name);
  }

  @Test
  void keySettings_whatIsSetToSparksDefault_isAsIfItWereNot() {
    assertThat(
            settingsWith(
                Map.of(
                    "spark.sql.orderByOrdinal", "true",
                    "spark.sql.catalogImplementation", "in-memory",
                    "spark.sql.session.timeZone", "UTC")))
        .isEqualTo(settings(Spark.spark(KeySettingsTest::onDatasets)));
  }

  /** A name that Spark has not is a slip of the pen, and counts nothing out. */
  @Test
  void speedSettings_allOfSql_areSparks() {
    Objects.requireNonNull(StaticSQLConf$.MODULE$);
    List<String> sparks = new ArrayList<>();
    for (Object entry : (Iterable<?>) SQLConf$.MODULE$.getConfigEntries()) {
      sparks.add(((ConfigEntry<?>) entry).key());
    }
    assertThat(SpeedSettings.ALL)
        .filteredOn(name -> name.startsWith("spark.sql."))
        .allSatisfy(
            name -> assertThat(sparks).anyMatch(each -> name.equals(each) || starts(each, name)));
  }

  private static boolean starts(String setting, String name) {
    return name.endsWith(".") && setting.startsWith(name);
  }

  @Test
  void hides_whatReadsLikeASecretToSparkOrUs_isHidden() {
    SparkExecutorFactory spark = new SparkExecutorFactory();
    assertThat(spark.hides("spark.sql.catalog.db.password", "x")).isTrue();
    assertThat(spark.hides("spark.sql.catalog.db.url", "jdbc:db:x?user=a&password=b")).isTrue();
    assertThat(spark.hides("spark.sql.orderByOrdinal", "false")).isFalse();
    System.setProperty("spark.redaction.regex", "db[.]url");
    try {
      assertThat(spark.hides("spark.sql.catalog.db.url", "jdbc:db:x")).isTrue();
    } finally {
      System.clearProperty("spark.redaction.regex");
    }
  }

  private static SortedMap<String, String> settingsWith(Map<String, String> set) {
    set.forEach(System::setProperty);
    try {
      return settings(Spark.spark(KeySettingsTest::onDatasets));
    } finally {
      set.keySet().forEach(System::clearProperty);
    }
  }

  @Test
  void arity_ofAFunctionOfASession_leavesTheSessionOut() {
    assertThat(Spark.spark(KeySettingsTest::onDatasets).spec().arity()).isEqualTo(1);
    assertThat(Spark.spark(KeySettingsTest::withoutSession).spec().arity()).isEqualTo(1);
  }
}
