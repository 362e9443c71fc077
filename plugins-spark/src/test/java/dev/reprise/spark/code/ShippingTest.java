package dev.reprise.spark.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.executor.FolderJar;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** What is sent to an application in which many runs take place. */
class ShippingTest {
  @TempDir private Path folder;
  private Path jar;
  private ClassPath classPath;
  private SparkContext spark;

  @BeforeEach
  void start() throws Exception {
    jar = folder.resolve("mylib-2.0.jar");
    Path content = Files.createDirectory(folder.resolve("content"));
    Files.writeString(content.resolve("words.txt"), "mine");
    try (OutputStream to = Files.newOutputStream(jar)) {
      FolderJar.write(content, to);
    }
    classPath =
        ClassPath.of(
            new URLClassLoader(
                new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader()));
    spark =
        new SparkContext(
            new SparkConf()
                .setMaster("local[1]")
                .setAppName("tests")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  /** What an executor has that lacks {@code mylib} alone. */
  private Inventory executors(Set<String> others) {
    return new Inventory(
        classPath.entries().stream()
            .filter(each -> !each.equals(jar))
            .map(Inventory::artifact)
            .collect(Collectors.toSet()),
        others);
  }

  /** Copies of {@code mylib} that all runs of this machine have made and not removed. */
  private static Set<Path> copies() throws Exception {
    Set<Path> found = new TreeSet<>();
    try (Stream<Path> places = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      for (Path place :
          places
              .filter(each -> each.getFileName().toString().startsWith("reprise-jars-"))
              .toList()) {
        try (Stream<Path> files = Files.list(place)) {
          found.addAll(files.filter(file -> file.toString().endsWith("mylib-2.0.jar")).toList());
        }
      }
    }
    return found;
  }

  private Set<String> sent() {
    return CollectionConverters.asJava(spark.listJars()).stream()
        .filter(each -> each.endsWith("mylib-2.0.jar"))
        .collect(Collectors.toSet());
  }

  @Test
  void shipAllBut_secondRunOfTheSameApplication_sendsAndKeepsNoSecondCopy() throws Exception {
    Set<Path> before = copies();
    Shipping first = Shipping.of(spark, classPath);
    first.shipAllBut(executors(Set.of()));
    Shipping second = Shipping.of(spark, classPath);
    second.shipAllBut(executors(Set.of()));

    Set<Path> after = copies();
    after.removeAll(before);
    assertThat(after).hasSize(1);
    assertThat(sent()).hasSize(1);
    assertThat(second.digest(jar)).as("known all the same").isEqualTo(Digests.of(jar));
    second.close(true);
    first.close(true);
    after.retainAll(copies());
    assertThat(after).isEmpty();
  }

  @Test
  void shipAllBut_executorsHaveIt_keepsNoCopy() throws Exception {
    Set<Path> before = copies();
    Shipping shipping = Shipping.of(spark, classPath);
    shipping.shipAllBut(executors(Set.of(Digests.of(jar).toString())));

    Set<Path> after = copies();
    after.removeAll(before);
    assertThat(after).isEmpty();
    assertThat(sent()).isEmpty();
    shipping.close(true);
  }
}
