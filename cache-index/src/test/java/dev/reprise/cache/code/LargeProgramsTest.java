package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Sizes that break a careless walk. */
class LargeProgramsTest {
  private static final int DEEP = 10_000;

  @TempDir private Path folder;

  /** A class whose {@code task} calls {@code m0}, which calls {@code m1}, and so on to the end. */
  private CodeFingerprint chain(int result) throws IOException {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, 0, "com/acme/Delays", null, "java/lang/Object", null);
    for (int i = -1; i < DEEP; i++) {
      MethodVisitor method = method(writer, i < 0 ? "task" : "m" + i);
      method.visitMethodInsn(Opcodes.INVOKESTATIC, "com/acme/Delays", "m" + (i + 1), "()I", false);
      method.visitInsn(Opcodes.IRETURN);
      method.visitMaxs(1, 0);
    }
    MethodVisitor last = method(writer, "m" + DEEP);
    last.visitIntInsn(Opcodes.BIPUSH, result);
    last.visitInsn(Opcodes.IRETURN);
    last.visitMaxs(1, 0);
    Path classes = Files.createDirectories(folder.resolve("chain" + result));
    Files.createDirectories(classes.resolve("com/acme"));
    Files.write(classes.resolve("com/acme/Delays.class"), writer.toByteArray());
    return Program.fingerprint(CodeHints.NONE, classes);
  }

  private static MethodVisitor method(ClassWriter writer, String name) {
    MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, name, "()I", null, null);
    method.visitCode();
    return method;
  }

  @Test
  void closure_chainOfTenThousandMethods_isFollowedToItsEnd() throws Exception {
    CodeFingerprint before = chain(11);
    assertThat(before.parts()).hasSizeGreaterThan(DEEP);
    assertThat(CodeDifference.between(before, chain(12)))
        .extracting(CodeDifference::toString)
        .containsExactly("com.acme.Delays#m10000() changed");
  }

  @Test
  void closure_lambdasNestedDeeply_areFollowed() {
    String body = "11";
    for (int i = 0; i < 70; i++) {
      body = "call(() -> " + body + ")";
    }
    Program program =
        Program.of(
            "import java.util.function.*; class Delays { static int task() { return "
                + body
                + "; } static int call(IntSupplier s) { return s.getAsInt(); } }");
    assertThat(program.edit("11", "12").fingerprint()).isNotEqualTo(program.fingerprint());
  }

  @Test
  void closure_longMethodWithManyBranches_isReadInTime() {
    String body =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "if (x > " + i + ") { int y = x * " + i + "; sum += y; }")
            .collect(Collectors.joining("\n"));
    Program program =
        Program.of(
            "class Delays { static int task(int x) { int sum = 0;\n" + body + "return sum; } }");
    assertThat(program.fingerprint()).isEqualTo(program.compiledWith("-g:none").fingerprint());
  }
}
