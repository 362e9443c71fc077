package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.run.CacheMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsTest {
  @TempDir Path folder;
  private final Flags flags = new Flags();
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  /** Where a value can be given, the strongest first. */
  enum Place {
    FLAG("--executor"),
    PROPERTY("-Dreprise.executor"),
    VARIABLE("REPRISE_EXECUTOR"),
    FILE("reprise.conf:1"),
    SPARK_PASSED("Spark's spark.reprise.executor"),
    SPARK_FILE("spark-defaults.conf:1"),
    DEFAULT("default");

    private final String source;

    Place(String source) {
      this.source = source;
    }
  }

  private void give(Place place) throws IOException {
    String value = "by-" + place;
    switch (place) {
      case FLAG -> flags.set(Setting.EXECUTOR, value);
      case PROPERTY -> properties.put("reprise.executor", value);
      case VARIABLE -> environment.put("REPRISE_EXECUTOR", value);
      case FILE -> write("reprise.conf", "executor = " + value);
      case SPARK_PASSED -> properties.put("spark.reprise.executor", value);
      case SPARK_FILE -> {
        write("spark/spark-defaults.conf", "spark.reprise.executor   " + value);
        environment.put("SPARK_CONF_DIR", folder.resolve("spark").toString());
      }
      case DEFAULT -> {}
    }
  }

  private Path write(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, String.join("\n", lines) + "\n");
  }

  private Settings read() {
    return Settings.read(flags, properties, environment, folder);
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void read_givenHereAndInAllWeakerPlaces_thisOneCountsAndIsNamed(Place strongest)
      throws IOException {
    for (Place place : Place.values()) {
      if (place.compareTo(strongest) >= 0) {
        give(place);
      }
    }

    Given given = read().given(Setting.EXECUTOR);

    assertThat(given.value()).isEqualTo(strongest == Place.DEFAULT ? "local" : "by-" + strongest);
    assertThat(given.source()).endsWith(strongest.source);
  }

  @Test
  void read_nothingGiven_everySettingHasItsDefault() {
    Settings settings = read();

    assertThat(settings.home()).isEqualTo(folder.resolve(".reprise"));
    assertThat(settings.store()).isEqualTo(folder.resolve(".reprise/store"));
    assertThat(settings.choice(Setting.CACHE, CacheMode.class)).isEqualTo(CacheMode.ON);
    assertThat(settings.duration(Setting.LOCK_TIMEOUT)).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.optionalDuration(Setting.TIMEOUT)).isEmpty();
    assertThat(settings.number(Setting.MAX_PARALLEL)).isZero();
    assertThat(settings.truth(Setting.KEEP_GOING)).isFalse();
    assertThat(settings.bytes(Setting.STORE_FREE_SPACE_FLOOR)).isEqualTo(64L << 20);
    assertThat(settings.text(Setting.PROJECT)).isEqualTo("default");
    assertThat(settings.engineOptions()).isEmpty();
  }

  @Test
  void path_givenInAFile_isRelativeToTheFile() throws IOException {
    Path file = write("etc/reprise.conf", "home = state", "store = ../results");
    flags.configFile("etc/reprise.conf");

    assertThat(read().home()).isEqualTo(folder.resolve("etc/state"));
    assertThat(read().store()).isEqualTo(folder.resolve("results"));
    assertThat(read().given(Setting.STORE).source()).isEqualTo(file + ":2");
  }

  @Test
  void path_givenInAnIncludedFile_isRelativeToThatFile() throws IOException {
    write("etc/common/base.conf", "home = state");
    write("etc/reprise.conf", "include \"common/base.conf\"");
    environment.put("REPRISE_CONFIG", folder.resolve("etc/reprise.conf").toString());

    assertThat(read().home()).isEqualTo(folder.resolve("etc/common/state"));
  }

  @Test
  void path_givenElsewhere_isRelativeToTheWorkingDirectory() {
    environment.put("REPRISE_HOME", "state");

    assertThat(read().home()).isEqualTo(folder.resolve("state"));
  }

  @Test
  void home_given_storeLiesInIt() {
    flags.set(Setting.HOME, "elsewhere");

    assertThat(read().store()).isEqualTo(folder.resolve("elsewhere/store"));
  }

  @Test
  void file_dotted_isTheSameAsNested() throws IOException {
    write("reprise.conf", "local { grace = 10s, memory: 2 GiB }");

    assertThat(read().engineOptions())
        .containsExactly(
            Map.entry("local.grace", "10000ms"), Map.entry("local.memory", "2147483648"));
  }

  @Test
  void conf_anyKey_isAFlag() {
    flags.conf("local.grace", "1m");

    assertThat(read().duration(Setting.LOCAL_GRACE)).isEqualTo(Duration.ofMinutes(1));
    assertThat(read().given(Setting.LOCAL_GRACE).source()).isEqualTo("--conf local.grace");
  }

  @Test
  void variable_empty_isNotGiven() {
    environment.put("REPRISE_HOME", "");

    assertThat(read().given(Setting.HOME).source()).isEqualTo("default");
  }

  @ParameterizedTest
  @CsvSource({"none, ''", "'', ''", "90s, PT90S", "PT1H, PT1H"})
  void optionalDuration_noneOrADuration_isUnderstood(String text, String wanted) {
    flags.set(Setting.TIMEOUT, text);

    assertThat(read().optionalDuration(Setting.TIMEOUT).map(Duration::toString).orElse(""))
        .isEqualTo(wanted.isEmpty() ? "" : Duration.parse(wanted).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 1024",
    "2k, 2048",
    "512MiB, 536870912",
    "4 g, 4294967296",
    "1TB, 1099511627776"
  })
  void bytes_withAndWithoutUnit_isUnderstood(String text, long wanted) {
    flags.set(Setting.STORE_FREE_SPACE_FLOOR, text);

    assertThat(read().bytes(Setting.STORE_FREE_SPACE_FLOOR)).isEqualTo(wanted);
  }

  // ---- what is wrong ----------------------------------------------------------------------------

  @Test
  void read_unknownKeyInFile_namesFileLineAndNearest() throws IOException {
    Path file = write("reprise.conf", "# ours", "lock-timout = 5m");

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessage(
            file
                + ":2: there is no setting 'lock-timout'; did you mean 'lock-timeout'?"
                + " ('reprise doctor --show-config' lists all)");
  }

  @Test
  void read_unknownProperty_namesItAndNearest() {
    properties.put("reprise.hoem", "x");

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("-Dreprise.hoem: there is no setting 'hoem'; did you mean 'home'?");
  }

  @Test
  void read_unknownVariable_namesItAndNearest() {
    environment.put("REPRISE_MAX_PARALEL", "4");

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(
            "environment variable REPRISE_MAX_PARALEL: there is no setting 'REPRISE_MAX_PARALEL';"
                + " did you mean 'REPRISE_MAX_PARALLEL'?");
  }

  @Test
  void read_unknownConf_namesItAndNearest() {
    flags.conf("local.grase", "1s");

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(
            "--conf local.grase: there is no setting 'local.grase'; did you mean 'local.grace'?");
  }

  @Test
  void read_unknownInSparkDefaults_namesFileLineAndNearest() throws IOException {
    Path file =
        write("spark/conf/spark-defaults.conf", "spark.master local", "spark.reprise.stor /x");
    environment.put("SPARK_HOME", folder.resolve("spark").toString());

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(file + ":2: there is no setting 'stor'; did you mean 'store'?");
  }

  @Test
  void read_whatOthersAndKubernetesSet_isLeftAlone() {
    properties.put("reprise.kill", "C6:1");
    environment.put("REPRISE_SERVICE_HOST", "10.0.0.1");
    environment.put("REPRISE_PORT_80_TCP", "tcp://10.0.0.1:80");

    assertThat(read().given(Setting.HOME).source()).isEqualTo("default");
  }

  @Test
  void read_namedFileMissing_saysSo() {
    flags.configFile("absent.conf");

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "configuration file "
                + folder.resolve("absent.conf")
                + ": there is no such file, or it cannot be read");
  }

  @Test
  void read_fileDoesNotParse_namesFileAndLine() throws IOException {
    Path file = write("reprise.conf", "home = a", "store = {");

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("configuration file " + file + ": ")
        .hasMessageContaining(": 3: ");
  }

  @Test
  void read_listWhereOneIsWanted_saysWhatIsWanted() throws IOException {
    Path file = write("reprise.conf", "executor = [local, spark]");

    assertThatThrownBy(this::read)
        .isInstanceOf(UsageException.class)
        .hasMessage(file + ":1: 'executor' is a list, wanted text");
  }

  @Test
  void duration_bad_namesKeyValueWantedAndSource() {
    environment.put("REPRISE_LOCK_TIMEOUT", "5 minutes");

    assertThatThrownBy(() -> read().duration(Setting.LOCK_TIMEOUT))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "REPRISE_LOCK_TIMEOUT: 'lock-timeout' cannot be '5 minutes', wanted a duration, such"
                + " as 90s, 15m, 2h, 7d or PT1H30M");
  }

  @Test
  void choice_bad_namesTheWords() {
    flags.set(Setting.CACHE, "of");

    assertThatThrownBy(() -> read().choice(Setting.CACHE, CacheMode.class))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "--cache: 'cache' cannot be 'of', wanted one of on, off, read, write, refresh, require");
  }

  @ParameterizedTest
  @CsvSource({"-1", "four", "4294967295", "''"})
  void number_bad_saysWhatIsWanted(String text) {
    flags.set(Setting.MAX_PARALLEL, text);

    assertThatThrownBy(() -> read().number(Setting.MAX_PARALLEL))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "--max-parallel: 'max-parallel' cannot be '%s', wanted a whole number, 0 or more"
                .formatted(text));
  }

  @ParameterizedTest
  @CsvSource({"much", "999999999999t", "1.5g"})
  void bytes_bad_saysWhatIsWanted(String text) {
    flags.set(Setting.STORE_FREE_SPACE_FLOOR, text);

    assertThatThrownBy(() -> read().bytes(Setting.STORE_FREE_SPACE_FLOOR))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("wanted a size, such as 512MiB or 4g");
  }

  @Test
  void truth_bad_saysWhatIsWanted() {
    flags.set(Setting.KEEP_GOING, "perhaps");

    assertThatThrownBy(() -> read().truth(Setting.KEEP_GOING))
        .isInstanceOf(UsageException.class)
        .hasMessage("--keep-going: 'keep-going' cannot be 'perhaps', wanted true or false");
  }

  @Test
  void path_empty_saysWhatIsWanted() {
    flags.set(Setting.HOME, "");

    assertThatThrownBy(() -> read().home())
        .isInstanceOf(UsageException.class)
        .hasMessage("--home: 'home' cannot be '', wanted a path");
  }
}
