package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kept fingerprint is taken over only while nothing can have changed. */
class CodeMemoTest {
  private static final Program PROGRAM =
      Program.of(
          """
          class Delays {
            static int task() { return Helper.help(); }
          }
          """,
          "class Helper { static int help() { return 11; } }");

  /** Every file of this test looks old to it. */
  private static final InstantSource LATER =
      InstantSource.offset(InstantSource.system(), Duration.ofHours(1));

  @TempDir private Path folder;
  private Path classes;
  private final FakeMemo memo = new FakeMemo();

  private static final class FakeMemo implements CodeMemo {
    final Map<Fingerprint, Bytes> kept = new HashMap<>();
    int keeps;

    @Override
    public @Nullable Bytes find(Fingerprint id) {
      return kept.get(id);
    }

    @Override
    public void keep(Fingerprint id, Bytes record) {
      kept.put(id, record);
      keeps++;
    }
  }

  @BeforeEach
  void compile() throws Exception {
    classes = PROGRAM.compile(folder.resolve("classes"));
  }

  private CodeFingerprint plan(Path... places) throws Exception {
    return plan(LATER, CodeHints.NONE, places);
  }

  private CodeFingerprint plan(InstantSource clock, CodeHints hints, Path... places)
      throws Exception {
    try (URLClassLoader loader = Program.loader(places);
        ClassSource source = ClassSource.of(loader)) {
      return new CodeFingerprinter(source, PlatformPackages.STANDARD, memo, clock)
          .closure(new MethodRef("com.acme.Delays", "task", "()I"), hints);
    }
  }

  private void assertTakenOver(Path... places) throws Exception {
    int keeps = memo.keeps;
    CodeFingerprint found = plan(places);
    assertThat(memo.keeps).as("kept again, so it was read again").isEqualTo(keeps);
    assertThat(found).isEqualTo(Program.fingerprint(CodeHints.NONE, places));
  }

  private void assertReadAgain(Path... places) throws Exception {
    int keeps = memo.keeps;
    CodeFingerprint found = plan(places);
    assertThat(memo.keeps).as("taken over").isEqualTo(keeps + 1);
    assertThat(found).isEqualTo(Program.fingerprint(CodeHints.NONE, places));
  }

  private Path compileInto(Program program, String name) throws Exception {
    return program.compile(folder.resolve(name));
  }

  @Test
  void closure_nothingChanged_readsNoClass() throws Exception {
    plan(classes);
    assertThat(memo.keeps).isEqualTo(1);
    assertTakenOver(classes);
    assertTakenOver(classes);
  }

  @Test
  void closure_classRewritten_isReadAgain() throws Exception {
    plan(classes);
    Path changed = compileInto(PROGRAM.edit("11", "12"), "changed");
    Path file = classes.resolve("com/acme/Helper.class");
    FileTime before = Files.getLastModifiedTime(file);
    Files.write(file, Files.readAllBytes(changed.resolve("com/acme/Helper.class")));
    Files.setLastModifiedTime(file, before); // same size and same time: the change time tells
    assertReadAgain(classes);
  }

  @Test
  void closure_classAddedOrRemovedBeside_isReadAgain() throws Exception {
    plan(classes);
    Path file = classes.resolve("com/acme/Other.class");
    Files.copy(classes.resolve("com/acme/Helper.class"), file);
    assertReadAgain(classes);
    assertTakenOver(classes);
    Files.delete(file);
    assertReadAgain(classes);
  }

  @Test
  void closure_unrelatedPackageChanged_isTakenOver() throws Exception {
    plan(classes);
    Files.createDirectories(classes.resolve("com/acme/other"));
    Files.writeString(classes.resolve("com/acme/other/Other.class"), "x");
    assertTakenOver(classes);
  }

  @Test
  void closure_classHiddenByAnEarlierFolder_isReadAgain() throws Exception {
    Path front = Files.createDirectories(folder.resolve("front"));
    plan(front, classes);
    assertTakenOver(front, classes);
    Path changed = compileInto(PROGRAM.edit("11", "12"), "changed");
    Files.createDirectories(front.resolve("com/acme"));
    Files.copy(changed.resolve("com/acme/Helper.class"), front.resolve("com/acme/Helper.class"));
    assertReadAgain(front, classes);
  }

  @Test
  void closure_absentClassAppears_isReadAgain() throws Exception {
    Path file = classes.resolve("com/acme/Helper.class");
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    assertThat(plan(classes).caveats()).hasSize(1);
    Files.write(file, bytes);
    assertReadAgain(classes);
  }

  @Test
  void closure_jarChanged_isReadAgain() throws Exception {
    Path jar = Program.jar(folder.resolve("one.jar"), new Manifest(), classes);
    plan(jar);
    assertTakenOver(jar);
    Program.jar(jar, new Manifest(), compileInto(PROGRAM.edit("11", "12"), "changed"));
    assertReadAgain(jar);
  }

  @Test
  void closure_jarThatAppearsInFront_isReadAgain() throws Exception {
    Path front = folder.resolve("front.jar");
    plan(front, classes);
    Program.jar(front, new Manifest(), compileInto(PROGRAM.edit("11", "12"), "changed"));
    assertReadAgain(front, classes);
  }

  @Test
  void closure_jarBehindAllThatWasFoundChanges_isTakenOver() throws Exception {
    Path behind =
        Program.jar(
            folder.resolve("behind.jar"), new Manifest(), compileInto(PROGRAM, "unchanged"));
    plan(classes, behind);
    Path changed = compileInto(PROGRAM.edit("11", "12"), "changed");
    Program.jar(behind, new Manifest(), changed);
    assertTakenOver(classes, behind);
    Files.delete(classes.resolve("com/acme/Helper.class")); // now it is the one that counts
    assertReadAgain(classes, behind);
    assertTakenOver(classes, behind);
    Program.jar(behind, new Manifest(), compileInto(PROGRAM.edit("11", "13"), "again"));
    assertReadAgain(classes, behind);
  }

  @Test
  void closure_absentClassAppearsBehindAllThatWasFound_isReadAgain() throws Exception {
    Files.move(classes.resolve("com/acme/Helper.class"), folder.resolve("Helper.class"));
    Path behind = Files.createDirectories(folder.resolve("behind"));
    assertThat(plan(classes, behind).caveats()).hasSize(1);
    assertTakenOver(classes, behind);
    Files.createDirectories(behind.resolve("com/acme"));
    Files.move(folder.resolve("Helper.class"), behind.resolve("com/acme/Helper.class"));
    assertReadAgain(classes, behind);
  }

  @Test
  void closure_secondLoaderChanges_isReadAgain() throws Exception {
    Path front = Files.createDirectories(folder.resolve("front"));
    int keeps = planBehind(front);
    assertThat(planBehind(front)).as("read again").isEqualTo(keeps);
    Path changed = compileInto(PROGRAM.edit("11", "12"), "changed");
    Files.createDirectories(front.resolve("com/acme"));
    Files.copy(changed.resolve("com/acme/Helper.class"), front.resolve("com/acme/Helper.class"));
    assertThat(planBehind(front)).as("taken over").isEqualTo(keeps + 1);
  }

  /** The parent searches first, although its places come last; returns how often was kept. */
  private int planBehind(Path front) throws Exception {
    try (URLClassLoader parent = Program.loader(front);
        URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, parent);
        ClassSource source = ClassSource.of(loader)) {
      new CodeFingerprinter(source, PlatformPackages.STANDARD, memo, LATER)
          .closure(new MethodRef("com.acme.Delays", "task", "()I"));
      return memo.keeps;
    }
  }

  @Test
  void closure_jarThatAManifestNames_isWatchedToo() throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "linked.jar");
    Path jar = Program.jar(folder.resolve("launcher.jar"), manifest);
    Path linked = Program.jar(folder.resolve("linked.jar"), new Manifest(), classes);
    plan(jar);
    assertTakenOver(jar);
    Program.jar(linked, new Manifest(), compileInto(PROGRAM.edit("11", "12"), "changed"));
    assertReadAgain(jar);
  }

  @Test
  void closure_orderOfPlacesChanged_isReadAgain() throws Exception {
    Path other = compileInto(PROGRAM.edit("11", "12"), "other");
    plan(classes, other);
    assertReadAgain(other, classes);
  }

  @Test
  void closure_otherHints_areAnotherQuestion() throws Exception {
    plan(classes);
    plan(
        LATER, new CodeHints(List.of(), List.of(), List.of("com.acme.Helper"), List.of()), classes);
    assertThat(memo.keeps).isEqualTo(2);
    assertTakenOver(classes);
  }

  @Test
  void closure_fileJustWritten_isNotKept() throws Exception {
    plan(InstantSource.fixed(Instant.now().minusSeconds(10)), CodeHints.NONE, classes);
    assertThat(memo.keeps).isZero();
  }

  @Test
  void closure_unknownKindOfLoader_isNotKept() throws Exception {
    try (URLClassLoader inner = Program.loader(classes)) {
      ClassLoader odd = new ClassLoader(inner) {};
      try (ClassSource source = ClassSource.of(odd)) {
        new CodeFingerprinter(source, PlatformPackages.STANDARD, memo, LATER)
            .closure(new MethodRef("com.acme.Delays", "task", "()I"));
      }
    }
    assertThat(memo.keeps).isZero();
  }

  @Test
  void closure_damagedRecord_isReadAgain() throws Exception {
    plan(classes);
    Fingerprint id = memo.kept.keySet().iterator().next();
    byte[] record = memo.kept.get(id).array();
    for (int i = 0; i < record.length; i++) {
      byte[] damaged = record.clone();
      damaged[i] ^= 0x40;
      assertThat(MemoRecord.read(Bytes.wrap(damaged))).as("byte %s", i).isNull();
    }
    memo.kept.put(id, Bytes.wrap(new byte[] {1, 2, 3}));
    assertReadAgain(classes);
  }

  @Test
  void closure_severalTasksAndBodies_areKeptApart() throws Exception {
    try (URLClassLoader loader = Program.loader(classes);
        ClassSource source = ClassSource.of(loader)) {
      CodeFingerprinter fingerprinter =
          new CodeFingerprinter(source, PlatformPackages.STANDARD, memo, LATER);
      MethodRef task = Program.task(loader);
      MethodRef helper = Program.method(loader, "com.acme.Helper", "help");
      assertThat(
              List.of(
                  fingerprinter.closure(task).digest(),
                  fingerprinter.body(task).digest(),
                  fingerprinter.closure(helper).digest(),
                  fingerprinter.body(helper).digest()))
          .doesNotHaveDuplicates();
      assertThat(memo.kept).hasSize(4);
    }
  }
}
