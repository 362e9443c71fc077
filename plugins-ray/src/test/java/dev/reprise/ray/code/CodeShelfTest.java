package dev.reprise.ray.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeShelfTest {
  private static final Duration MONTHS = CodeSweep.KEPT.multipliedBy(2);

  @TempDir Path folder;
  private CodeShelf shelf;
  private Path classes;

  @BeforeEach
  void makeClasses() throws IOException {
    shelf = new CodeShelf(folder.resolve("code"));
    classes = Files.createDirectories(folder.resolve("classes"));
    Files.writeString(classes.resolve("A.class"), "one");
  }

  @Test
  void lay_nothingChanged_isTheSameListAndWritesNothing() throws IOException {
    String code = lay();
    List<Path> before = files();

    assertThat(lay()).isEqualTo(code);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void lay_classEdited_isAnotherListBesideTheOldOne() throws IOException {
    String code = lay();
    Files.writeString(classes.resolve("A.class"), "two");

    assertThat(lay()).isNotEqualTo(code);
    assertThat(shelf.folder().resolve(code)).exists();
  }

  @Test
  void lay_jarWasLaidBefore_isReadAgainOnlyIfItIsGoneFromTheShelf() throws Exception {
    URL jar = Test.class.getProtectionDomain().getCodeSource().getLocation();
    String code = lay(jar);
    Path laid =
        shelf.folder().resolve(Files.readString(shelf.folder().resolve(code)).split(" ")[1]);
    byte[] bytes = Files.readAllBytes(laid);
    Files.delete(laid);

    assertThat(lay(jar)).isEqualTo(code);
    assertThat(laid).hasBinaryContent(bytes);

    // Says of the file as it is that it is not for workers: that is believed.
    Path memo = files().stream().filter(file -> file.toString().contains("known-")).findAny().get();
    Files.writeString(memo, "");
    assertThat(lay(jar)).isNotEqualTo(code);
    Files.writeString(memo, "damaged");
    assertThat(lay(jar)).isEqualTo(code);
  }

  @Test
  void lay_codeThatNobodyUsesForAMonth_goesAndWhatIsInUseStays() throws IOException {
    String unused = lay();
    List<Path> old = files();
    Path bootstrap = shelf.bootstrap();
    Path half = Files.writeString(shelf.folder().resolve("new-1"), "half");
    Files.writeString(classes.resolve("A.class"), "two");
    String used = lay();
    age(MONTHS);
    shelf.keep(used, bootstrap);

    Files.writeString(classes.resolve("A.class"), "three");
    String code = lay();

    assertThat(shelf.folder().resolve(unused)).doesNotExist();
    assertThat(old).noneMatch(Files::exists);
    assertThat(half).doesNotExist();
    for (String live : List.of(used, code)) {
      for (String line : Files.readAllLines(shelf.folder().resolve(live))) {
        assertThat(shelf.folder().resolve(line.split(" ")[1])).exists();
      }
    }
    assertThat(bootstrap.resolve("reprise-bootstrap.jar")).exists();
  }

  @Test
  void lay_sweptWithinADay_leavesOldCodeForLater() throws IOException {
    String unused = lay();
    Files.setLastModifiedTime(shelf.folder().resolve(unused), before(MONTHS));
    Files.writeString(classes.resolve("A.class"), "two");

    lay();

    assertThat(shelf.folder().resolve(unused)).exists();
  }

  @Test
  void bootstrap_sweptAway_isLaidAgain() throws IOException {
    Path bootstrap = shelf.bootstrap();
    lay();
    age(MONTHS);
    lay();
    assertThat(bootstrap).doesNotExist();

    assertThat(shelf.bootstrap()).isEqualTo(bootstrap);
    assertThat(bootstrap.resolve("reprise-bootstrap.jar")).isNotEmptyFile();
  }

  private String lay() throws IOException {
    return lay(new File(classes + File.separator).toURI().toURL());
  }

  private String lay(URL entry) throws IOException {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {entry}, ClassLoader.getPlatformClassLoader())) {
      return shelf.lay(loader);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(shelf.folder())) {
      return all.filter(file -> !file.endsWith("swept")).sorted().toList();
    }
  }

  private void age(Duration by) throws IOException {
    try (Stream<Path> all = Files.list(shelf.folder())) {
      for (Path file : all.toList()) {
        Files.setLastModifiedTime(file, before(by));
      }
    }
  }

  private static FileTime before(Duration age) {
    return FileTime.from(Instant.now().minus(age));
  }
}
