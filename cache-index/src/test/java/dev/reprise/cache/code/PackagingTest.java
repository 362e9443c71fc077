package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same code has the same identity however it is packaged and wherever it runs. */
class PackagingTest {
  private static final Program LIBRARY =
      Program.of(
          "package org.tool; public class Tool { public static int use(int x) { return Base.plus(x); } }",
          "package org.tool; class Base { static int plus(int x) { return org.deep.Deep.more(x); } }",
          "package org.tool; class Unused { int x = 1; }",
          "package org.deep; public class Deep { public static int more(int x) { return x + 1; } }",
          "package org.far; public class Far { public static int x() { return 1; } }");

  private static final Program PROGRAM =
      Program.of(
          """
          class Delays {
            enum Color { RED, GREEN }
            static int task(int x) {
              java.util.function.IntUnaryOperator f = y -> org.tool.Tool.use(y);
              switch (Color.valueOf("RED")) { case RED: return f.applyAsInt(x); default: return 0; }
            }
          }
          """);

  @TempDir private static Path folder;
  private static Path library;
  private static Path classes;
  private static CodeFingerprint expected;

  @BeforeAll
  static void compile() throws Exception {
    library = LIBRARY.compile(folder.resolve("library"));
    classes = PROGRAM.using(library).compile(folder.resolve("classes"));
    expected = fingerprint(classes, library);
  }

  private static CodeFingerprint fingerprint(Path... places) {
    return Program.fingerprint(CodeHints.NONE, places);
  }

  @Test
  void closure_folders_nameTheLibraryPackagesThatAreReached() {
    assertThat(expected.parts())
        .containsKeys("package org.tool", "package org.deep")
        .doesNotContainKey("package org.far");
  }

  @Test
  void closure_thinJars_areEqualToFolders() throws Exception {
    Path thin = Program.jar(folder.resolve("thin.jar"), new Manifest(), classes);
    Path tool = Program.jar(folder.resolve("tool.jar"), new Manifest(), library);
    assertThat(fingerprint(thin, tool)).isEqualTo(expected);
  }

  @Test
  void closure_fatJar_isEqualToFolders() throws Exception {
    Path fat = Program.jar(folder.resolve("fat.jar"), new Manifest(), classes, library);
    assertThat(fingerprint(fat)).isEqualTo(expected);
  }

  @Test
  void closure_jarWithClassPathInItsManifest_isEqualToFolders() throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "library/");
    Path jar = Program.jar(folder.resolve("linked.jar"), manifest, classes);
    assertThat(fingerprint(jar)).isEqualTo(expected);
  }

  @Test
  void closure_pathWithBlanksAndUmlauts_isRead() throws Exception {
    Path odd = Files.createDirectories(folder.resolve("an odd wäy %20"));
    Path fat = Program.jar(odd.resolve("fat jar.jar"), new Manifest(), classes, library);
    assertThat(fingerprint(fat)).isEqualTo(expected);
    assertThat(fingerprint(PROGRAM.using(library).compile(odd.resolve("c l")), library))
        .isEqualTo(expected);
  }

  @Test
  void closure_changedClassOfReachedPackage_counts() throws Exception {
    Path other = LIBRARY.edit("int x = 1", "int x = 2").compile(folder.resolve("other"));
    assertThat(CodeDifference.between(expected, fingerprint(classes, other)))
        .extracting(CodeDifference::toString)
        .containsExactly("package org.tool changed");
  }

  @Test
  void closure_changedPackageBehindALibrary_counts() throws Exception {
    Path other = LIBRARY.edit("x + 1", "x + 2").compile(folder.resolve("behind"));
    assertThat(CodeDifference.between(expected, fingerprint(classes, other)))
        .extracting(CodeDifference::toString)
        .containsExactly("package org.deep changed");
  }

  @Test
  void closure_changedPackageNotReached_doesNotCount() throws Exception {
    Path other =
        LIBRARY
            .edit("static int x() { return 1", "static int x() { return 2")
            .compile(folder.resolve("far"));
    assertThat(fingerprint(classes, other)).isEqualTo(expected);
  }

  @Test
  void closure_multiReleaseJar_countsWhatThisJavaLoads() throws Exception {
    Path extra = folder.resolve("extra");
    Path other = LIBRARY.edit("int x = 1", "int x = 2").compile(folder.resolve("newer"));
    for (int version : List.of(9, 99)) {
      Path versioned = extra.resolve("META-INF/versions/" + version + "/org/tool");
      Files.createDirectories(versioned);
      Path from = version == 9 ? other : classes.getParent().resolve("library");
      Files.copy(from.resolve("org/tool/Unused.class"), versioned.resolve("Unused.class"));
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Multi-Release", "true");
    Path jar = Program.jar(folder.resolve("multi.jar"), manifest, library, extra);
    assertThat(fingerprint(classes, jar)).isEqualTo(fingerprint(classes, other));
  }

  @Test
  void closure_otherJvms_areEqual() throws Exception {
    Path fat = Program.jar(folder.resolve("jvm.jar"), new Manifest(), classes, library);
    Set<String> digests = new HashSet<>();
    for (List<String> options :
        List.of(
            List.of("-Dfile.encoding=ISO-8859-1", "-Duser.timezone=Asia/Tokyo"),
            List.of("-Duser.language=tr", "-Duser.country=TR"),
            List.of("-Xint"))) {
      ChildJvm.Outcome outcome = ChildJvm.run(options, PrintFingerprint.class, fat.toString());
      assertThat(outcome.exit()).as(outcome.output()).isZero();
      digests.add(outcome.output().trim());
    }
    assertThat(digests).containsExactly(expected.digest().toString());
  }

  /** Prints the digest of the task in a jar. */
  static final class PrintFingerprint {
    public static void main(String[] args) {
      System.out.println(fingerprint(Path.of(args[0])).digest());
    }
  }
}
