package io.intake.processors.forward.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An answer taken for the wrong message's is a message lost without a trace. */
class MllpAdapterTest {
    private final MllpWorld world = new MllpWorld();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void messagesGoOneAfterAnotherOverOneConnectionThatStaysOpen() {
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("B"))).isEqualTo(MllpWorld.TAKEN);
        assertThat(world.send(MllpWorld.message("C"))).isEqualTo(MllpWorld.TAKEN);
        assertThat(world.engine.received())
                .containsExactly(MllpWorld.message("A"), MllpWorld.message("B"), MllpWorld.message("C"));
        assertThat(world.engine.connections()).isEqualTo(1);
    }

    @Test
    void aConnectionThatRestedForLongIsNotTrusted() {
        world.send(MllpWorld.message("A"));
        world.clock.advance(Duration.ofMinutes(2));
        assertThat(world.send(MllpWorld.message("B"))).isEqualTo(MllpWorld.TAKEN);
        assertThat(world.engine.connections()).isEqualTo(2);
    }

    @Test
    void aPositiveAnswerToAnotherMessageIsNone() {
        world.engine.thenAnswer(MllpScript.answer("AA").replace("ID", "1"));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("ACK_OF_OTHER_MESSAGE", false));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.TAKEN);
        assertThat(world.engine.received()).containsExactly(MllpWorld.message("A"), MllpWorld.message("A"));
        assertThat(world.engine.connections()).as("the first is dropped").isEqualTo(2);
    }

    @Test
    void aMessageWithoutControlIdGetsTheSameOneEachTime() {
        world.send(MllpWorld.message(""), MllpWorld.message(""));
        world.send(MllpWorld.message(""), MllpWorld.message(""));
        List<String> ids = world.engine.received().stream()
                .map(message -> message.split("\\|", -1)[9])
                .toList();
        assertThat(ids.subList(0, 2)).doesNotHaveDuplicates().isEqualTo(ids.subList(2, 4));
        assertThat(ids).allMatch(id -> id.matches("[0-9A-F]{20}"));
    }

    @Test
    void anErrorOfTheApplicationRefusesThatMessageAndNoOther() {
        world.engine.thenAnswer(MllpScript.answer("AA")).thenAnswer(MllpScript.answer("AE"));
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("B"), MllpWorld.message("C")))
                .isEqualTo(new Partly(1, "9", new Refused("MSA_AE")));
        assertThat(world.engine.received()).hasSize(2);
        assertThat(world.send(MllpWorld.message("C"))).isEqualTo(MllpWorld.TAKEN);
        assertThat(world.engine.connections()).isEqualTo(1);
    }

    @Test
    void whatANegativeAnswerMeansDependsOnItsNumber() {
        record Case(String answer, EngineAnswer means) {}
        for (Case each : List.of(
                new Case("MSA|AE|ID\rERR|||101^Required field missing^HL70357\r", new Refused("MSA_AE_101")),
                new Case("MSA|AE|ID\rERR|||207^Internal^HL70357\r", MllpWorld.unavailable("MSA_AE_207", false)),
                new Case("MSA|CE|ID\rERR|||206^Locked^HL70357\r", MllpWorld.unavailable("MSA_CE_206", false)),
                new Case("MSA|AR|ID\rERR|||200^Unsupported^HL70357\r", MllpWorld.unavailable("MSA_AR_200", false)),
                new Case("MSA|CR|ID||||202^Unsupported\r", MllpWorld.unavailable("MSA_CR_202", false)),
                new Case("MSA|AE|ID\rERR|||206^Why^HL70357\r", MllpWorld.unavailable("MSA_AE_206", false)),
                new Case("MSA|CE|ID\rERR|||207^Why^HL70357\r", MllpWorld.unavailable("MSA_CE_207", false)),
                new Case("MSA|AR|ID\rERR|||206^Why^HL70357\r", MllpWorld.unavailable("MSA_AR_206", false)),
                new Case("MSA|AR|ID\rERR|||207^Why^HL70357\r", MllpWorld.unavailable("MSA_AR_207", false)),
                new Case("MSA|CR|ID\rERR|||206^Why^HL70357\r", MllpWorld.unavailable("MSA_CR_206", false)),
                new Case("MSA|CR|ID\rERR|||207^Why^HL70357\r", MllpWorld.unavailable("MSA_CR_207", false)),
                new Case("MSA|AR|ID\rERR|||201^Why^HL70357\r", MllpWorld.unavailable("MSA_AR_201", false)),
                new Case("MSA|AR|ID\rERR|||202^Why^HL70357\r", MllpWorld.unavailable("MSA_AR_202", false)),
                new Case("MSA|AR|ID\rERR|||203^Why^HL70357\r", MllpWorld.unavailable("MSA_AR_203", false)),
                new Case("MSA|CR|ID\rERR|||200^Why^HL70357\r", MllpWorld.unavailable("MSA_CR_200", false)),
                new Case("MSA|CR|ID\rERR|||201^Why^HL70357\r", MllpWorld.unavailable("MSA_CR_201", false)),
                new Case("MSA|CR|ID\rERR|||203^Why^HL70357\r", MllpWorld.unavailable("MSA_CR_203", false)),
                new Case("MSA|CE|ID\r", new Refused("MSA_CE")),
                new Case("MSA|CR|ID\r", new Refused("MSA_CR")),
                new Case("MSA|AR|ID\rERR|||103^Table\r", new Refused("MSA_AR_103")),
                new Case("MSA|AR|ID|filtered: DOE^JANE\r", new Refused("MSA_AR")))) {
            world.engine.thenAnswer("MSH|^~\\&|E|F|L|H|2026||ACK|9|P|2.5\r" + each.answer());
            assertThat(world.send(MllpWorld.message("A"))).as(each.answer()).isEqualTo(each.means());
        }
        world.target = world.with(Acknowledgement.COMMIT, ApplicationError.RETRY);
        world.engine.thenAnswer(MllpScript.answer("AE"));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.unavailable("MSA_AE", false));
    }

    @Test
    void aCommitIsEnoughOrNotAsTheEngineIsConfigured() {
        world.engine.thenAnswer(MllpScript.answer("CA"));
        assertThat(world.send(MllpWorld.message("A"))).isEqualTo(MllpWorld.TAKEN);
        world.target = world.with(Acknowledgement.APPLICATION, ApplicationError.REFUSE);
        MllpScript.Reaction both = (id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("CA").replace("ID", id)));
            out.write(MllpScript.block(MllpScript.answer("AE").replace("ID", id)));
        };
        world.engine.then(both);
        assertThat(world.send(MllpWorld.message("B"))).isEqualTo(new Refused("MSA_AE"));
        world.shortTimeout();
        world.engine.thenAnswer(MllpScript.answer("CA"));
        assertThat(world.send(MllpWorld.message("C"))).isEqualTo(MllpWorld.unavailable("TIMED_OUT", true));
    }

    @Test
    void aSecondAnswerIsNotTakenForTheNextMessages() {
        MllpScript.Reaction twice = (id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("CA").replace("ID", id)));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        };
        world.engine.then(twice).then(twice).thenAnswer(MllpScript.answer("AE"));
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("B"), MllpWorld.message("C")))
                .isEqualTo(new Partly(2, "9", new Refused("MSA_AE")));
    }

    @Test
    void ofTwoMessagesWithOneControlIdTheSecondHasAConnectionOfItsOwn() {
        MllpScript.Reaction twice = (id, out, connection) -> {
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        };
        world.engine.then(twice).thenAnswer(MllpScript.answer("AE"));
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("A")))
                .isEqualTo(new Partly(1, "9", new Refused("MSA_AE")));
        assertThat(world.engine.connections()).isEqualTo(2);
    }

    @Test
    void whatCannotBeSentIsRefusedWithoutBeingSent() {
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("B") + "NTE|a\u001cb\r"))
                .isEqualTo(new Partly(1, "9", new Refused("MESSAGE_HAS_BLOCK_CHARACTERS")));
        assertThat(world.engine.received()).containsExactly(MllpWorld.message("A"));
    }

    @Test
    void aBatchThatTakesLongIsTakenInParts() {
        MllpScript.Reaction slow = (id, out, connection) -> {
            world.clock.advance(Duration.ofSeconds(3));
            out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", id)));
        };
        world.engine.then(slow).then(slow);
        assertThat(world.send(MllpWorld.message("A"), MllpWorld.message("B"), MllpWorld.message("C")))
                .isEqualTo(new Partly(2, "9", EngineAnswer.NOT_SENT));
    }
}
