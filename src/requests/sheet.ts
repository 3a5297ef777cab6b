/** What a sheet of variations shows, by columns and rows: strengths that look different, and brushwork fine and coarse. */
export const sheet = { strengths: [25, 50, 75, 100], scales: [50, 200] } as const;
