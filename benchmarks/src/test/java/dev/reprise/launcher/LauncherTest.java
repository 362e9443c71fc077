package dev.reprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.launcher.SourceTree.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir Path folder;
  private SourceTree tree;

  @BeforeEach
  void plant() throws IOException {
    tree = new SourceTree(folder.toRealPath());
  }

  @Test
  void start_notBuilt_buildsAndSaysSoOnStandardErrorAlone() throws Exception {
    Start start = tree.start("plan", "two words");

    assertThat(start.exit()).isZero();
    assertThat(start.err())
        .matches("building Reprise \\(first time.*\\)\\n  scheduler\\nbuilt in \\d+ s\\n");
    assertThat(start.out()).endsWith("dev.reprise.cli.Main\nplan\ntwo words\n");
    assertThat(start.out())
        .contains(
            tree.root().resolve("benchmarks/target/reprise-benchmarks-1.jar")
                + ":"
                + tree.root().resolve("benchmarks/target/library.jar"));
  }

  @Test
  void start_nothingEdited_neitherBuildsNorSpeaks() throws Exception {
    tree.start();

    Start again = tree.start("runs");

    assertThat(again.exit()).isZero();
    assertThat(again.err()).isEmpty();
    assertThat(tree.builds()).isEqualTo(1);
  }

  @Test
  void start_nothingEdited_needsNoMaven() throws Exception {
    tree.start();

    assertThat(tree.without("mvn").start().exit()).isZero();
  }

  @Test
  void start_sourceEdited_namesItAndBuilds() throws Exception {
    tree.start();
    tree.write("scheduler/src/main/java/A.java", "class A {}");

    Start start = tree.start();

    assertThat(start.err())
        .startsWith("rebuilding Reprise (changed: scheduler/src/main/java/A.java)");
    assertThat(tree.builds()).isEqualTo(2);
  }

  @Test
  void start_sourceDeleted_builds() throws Exception {
    tree.start();
    Files.delete(tree.root().resolve("scheduler/src/main/java/A.java"));

    assertThat(tree.start().err())
        .startsWith("rebuilding Reprise (changed: scheduler/src/main/java)");
  }

  @Test
  void start_jarGone_builds() throws Exception {
    tree.start();
    Files.delete(tree.root().resolve("benchmarks/target/library.jar"));

    assertThat(tree.start().exit()).isZero();
    assertThat(tree.builds()).isEqualTo(2);
  }

  @Test
  void start_buildFails_endsWithTheReasonAndTriesAgain() throws Exception {
    Start failed = tree.with("STUB_FAILS", "yes").start();

    assertThat(failed.exit()).isEqualTo(70);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err())
        .contains("A.java:[1,1] what is this", "benchmarks/target/launcher/build.log")
        .doesNotContain("Re-run Maven");
    assertThat(tree.with("STUB_FAILS", "").start().exit()).isZero();
  }

  @Test
  void start_secondBuildFails_doesNotRunWhatWasBuiltBefore() throws Exception {
    tree.start();
    tree.write("scheduler/src/main/java/A.java", "class");

    assertThat(tree.with("STUB_FAILS", "yes").start().exit()).isEqualTo(70);
    assertThat(tree.start().exit()).isEqualTo(70);
  }

  @Test
  void start_twiceAtOnce_buildsOnce() throws Exception {
    tree.with("STUB_SECONDS", "0.3");
    var first = tree.begin(tree.root().resolve("reprise"));
    var second = tree.begin(tree.root().resolve("reprise"));

    assertThat(first.end().exit()).isZero();
    assertThat(second.end().exit()).isZero();
    assertThat(tree.builds()).isEqualTo(1);
  }

  @Test
  void build_librariesInJars_areUnpackedWhereTheJvmLooks() throws Exception {
    tree.install("jar", "mkdir -p \"$(dirname \"$3\")\" && echo \"$3\" > \"$3\"");

    Start start = tree.start();

    Path at = tree.root().resolve("benchmarks/target/native");
    assertThat(at.resolve("librocksdbjni.so")).hasContent("librocksdbjni-linux64.so");
    assertThat(at.resolve("libduckdb_java.so")).hasContent("libduckdb_java.so_linux_amd64");
    assertThat(start.out())
        .contains("-Djava.library.path=" + at + ":", "rocksdbjni-1.jar", "duckdb_jdbc-1-nolib.jar")
        .doesNotContain("duckdb_jdbc-1-linux_amd64.jar");
  }

  @Test
  void build_librariesCannotBeUnpacked_areLeftToTheirJars() throws Exception {
    tree.install("jar", "exit 1");

    assertThat(tree.start().out()).contains("rocksdbjni-1.jar", "duckdb_jdbc-1-linux_amd64.jar");
  }

  @Test
  void start_nothingNamesSpark_leavesItsJarsOut() throws Exception {
    assertThat(tree.start("run", "flights").out()).doesNotContain("spark-core.jar", "sun.nio.ch");
  }

  @Test
  void start_exampleWithAStepOnSpark_hasItsJars() throws Exception {
    assertThat(tree.start("run", "flights-model").out()).contains("spark-core.jar", "sun.nio.ch");
  }

  /** Its steps may be on Spark, whatever runs the others. */
  @Test
  void start_jarOfTheUsers_hasItsJars() throws Exception {
    assertThat(tree.start("run", "--jar", "my.jar", "my.Steps", "--executor", "ray").out())
        .contains("spark-core.jar", "sun.nio.ch");
    assertThat(tree.start("plan", "--jar=my.jar", "my.Steps").out()).contains("spark-core.jar");
  }

  @Test
  void start_argumentNamesSpark_addsItsJarsLastAndWhatItNeeds() throws Exception {
    Start start = tree.start("run", "flights", "--executor=spark");

    assertThat(start.out())
        .contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED\n", "/spark-core.jar\ndev.reprise");
  }

  @Test
  void start_settingNamesSpark_addsItsJars() throws Exception {
    tree.write("mine.conf", "executor = spark");

    assertThat(tree.start("run", "x", "--config=" + tree.root().resolve("mine.conf")).out())
        .contains("spark-core.jar");
    assertThat(tree.with("REPRISE_EXECUTOR", "spark").start("run", "x").out())
        .contains("spark-core.jar");
  }

  /**
   * INTERFACES, Config: {@code spark.reprise.*} in spark-defaults, so that platform teams can set
   * it.
   */
  @Test
  void start_sparksDefaultsNameSpark_addsItsJars() throws Exception {
    tree.write("conf/spark-defaults.conf", "spark.master yarn\nspark.reprise.executor   spark\n");

    assertThat(tree.start("run", "x").out()).doesNotContain("spark-core.jar");
    assertThat(tree.with("SPARK_HOME", tree.root().toString()).start("run", "x").out())
        .contains("spark-core.jar");
    tree.write("conf/spark-defaults.conf", "spark.master yarn\nspark.reprise.home /srv/spark\n");
    assertThat(tree.start("run", "x").out()).doesNotContain("spark-core.jar");
  }

  @Test
  void start_configurationFileOfAnyName_isLookedInto() throws Exception {
    tree.writeWhereItIsStarted("team.hocon", "executor = spark");
    tree.writeWhereItIsStarted("more", "include \"team.hocon\"");
    tree.writeWhereItIsStarted("other.hocon", "executor = local");

    assertThat(tree.start("run", "x", "--config", "team.hocon").out()).contains("spark-core.jar");
    assertThat(tree.start("run", "x", "--config=more").out()).contains("spark-core.jar");
    assertThat(tree.start("run", "x", "--config", "other.hocon").out())
        .doesNotContain("spark-core.jar");
    assertThat(tree.with("JAVA_OPTS", "-Dreprise.config=team.hocon").start("run", "x").out())
        .contains("spark-core.jar");
  }

  @Test
  void start_jarOfAnotherVersionLeftBehind_isNotOnTheClassPath() throws Exception {
    tree.write("benchmarks/target/reprise-benchmarks-0.jar", "");

    Start start = tree.start("runs");

    assertThat(start.exit()).isZero();
    assertThat(start.out()).contains("reprise-benchmarks-1.jar").doesNotContain("benchmarks-0.jar");
  }

  @Test
  void start_starInJavaOptions_namesNoFiles() throws Exception {
    tree.writeWhereItIsStarted("-Da=x.txt", "");

    assertThat(tree.with("JAVA_OPTS", "-Da=*").start().out()).contains("\n-Da=*\n");
  }

  @Test
  void start_throughLinks_findsItsTree() throws Exception {
    Path near = Files.createSymbolicLink(tree.root().resolve("near"), Path.of("reprise"));
    Path far = Files.createSymbolicLink(folder.resolve("far"), near);

    assertThat(tree.begin(far, "x").end().out()).endsWith("dev.reprise.cli.Main\nx\n");
  }

  @Test
  void start_olderJava_saysWhichAndWhatToDo() throws Exception {
    Start start = tree.with("STUB_JAVA", "11").start();

    assertThat(start.exit()).isEqualTo(2);
    assertThat(start.err()).contains("is Java 11", "needs Java 17 or later", "JAVA_HOME");
    assertThat(tree.builds()).isZero();
  }

  @Test
  void start_noJava_saysSo() throws Exception {
    Start start = tree.without("java").start();

    assertThat(start.exit()).isEqualTo(2);
    assertThat(start.err()).contains("no Java found", "openjdk-17-jdk");
  }

  @Test
  void start_notBuiltAndNoMaven_saysSo() throws Exception {
    Start start = tree.without("mvn").start();

    assertThat(start.exit()).isEqualTo(2);
    assertThat(start.err()).contains("no mvn on the PATH", "apt-get install maven");
  }

  @Test
  void start_javaOptions_comeAfterItsOwn() throws Exception {
    Start start = tree.with("JAVA_OPTS", "-Xmx1g -Da=b").start();

    assertThat(start.out()).contains("-XX:+UseParallelGC\n").contains("\n-Xmx1g\n-Da=b\n-cp\n");
  }
}
