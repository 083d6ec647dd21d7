// Of what kind the rows are, that all numbers come from.
import { said } from "./text.js";

export const rowsLabel = (edition) => said(edition, "rows_label_");
