import fc from 'fast-check';

/*
 * Property tests import fast-check from here. They draw their cases from the seed that the run prints
 * at its start: 1, or the one that FC_SEED names. FC_SEED=random draws a new one. A failure names the
 * seed and the path to its counterexample.
 */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });

export default fc;
